/**
 * How much a name says of what a file is for, as factor of the references to it. After the repository map of Aider
 * (github.com/Aider-AI/aider, aider/repomap.py), whose factors these are: names of several words are worth ten times
 * as much, private ones and those that many files define a tenth.
 */

const longEnough = 8;
const manyDefiners = 5;
const compound = /[a-z0-9][A-Z]|[A-Za-z0-9][_-][A-Za-z0-9]/;
const factor = 10;

/** @param definers files that define it. Pure. */
export function nameWeight(name: string, definers: number): number {
  let weight = 1;
  if (name.length >= longEnough && compound.test(name)) weight *= factor;
  if (/^[_#]/.test(name)) weight /= factor;
  if (definers > manyDefiners) weight /= factor;
  return weight;
}
