import { join } from 'node:path';
import { aliasesIn, placesIn } from './code.mjs';
import { sampleOf } from './sample.mjs';

/**
 * Asks for the definition at sampled places, and compares.
 *
 * A place is an identifier outside of imports and exports whose text is the name of a subject, or a name under which an
 * import renames something. lcad's answer is a claim unless its confidence is `ambiguous`. A claim counts where it leads
 * to a subject, and is right if everything that it leads to is a declaration of what the identifier means to the
 * language service, or what it answers itself; where it knows nothing, the claim is wrong. A place counts for recall
 * where the symbol of the identifier is a subject, and is found if there is a claim that is right.
 *
 * @param subjects of subjectsOf, of all files
 */
export async function compareDefinitions(lcad, truth, subjects, { places: wanted, seed }) {
  const kinds = new Map(subjects.map(({ kind, name }) => [keyOf(truth, name), kind]));
  const names = new Set(subjects.map(({ name }) => name.text));
  for (const source of truth.sources) for (const alias of aliasesIn(source)) names.add(alias);
  const all = truth.sources.flatMap((source) => [...placesIn(source)].filter(({ text }) => names.has(text)));
  const counts = { main: empty(), method: empty() };
  const misses = [];
  const sampled = sampleOf(all, wanted, seed);
  for (const node of sampled) {
    const at = truth.lineOf(node.getSourceFile().fileName, node.getStart());
    const told = truth.definitions(node);
    const answer = await lcad.definition(join(truth.root, at.path), at.line, at.column);
    const claimed = answer.map(({ path, line, column }) => `${path}:${line}:${column}`);
    const right = claimed.length > 0 && claimed.every((one) => told.any.has(one));
    const claimKind = kindAmong(claimed, kinds);
    const trueKind = kindAmong(told.declared, kinds);
    if (claimKind) {
      counts[claimKind].claims++;
      if (right) counts[claimKind].right++;
      else if (told.any.size === 0) counts[claimKind].untold++;
    }
    if (trueKind) {
      counts[trueKind].true++;
      if (right) counts[trueKind].found++;
    }
    if ((claimKind && !right) || (trueKind && !right)) {
      misses.push({
        of: claimKind ?? trueKind,
        what: claimed.length > 0 ? 'wrong' : 'not found',
        place: `${at.path}:${at.line}:${at.column} ${node.text}`,
        lcad: claimed.map((one, index) => `${one} (${answer[index].confidence})`),
        service: [...told.any],
      });
    }
  }
  return { places: all.length, sampled: sampled.length, ...counts, misses };
}

function empty() {
  return { claims: 0, right: 0, untold: 0, true: 0, found: 0 };
}

function keyOf(truth, name) {
  return truth.key(name.getSourceFile().fileName, name.getStart());
}

function kindAmong(places, kinds) {
  for (const place of places) {
    const kind = kinds.get(place);
    if (kind) return kind === 'method' ? 'method' : 'main';
  }
  return null;
}
