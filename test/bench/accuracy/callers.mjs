import { join } from 'node:path';
import { callerAround, isCalled } from './code.mjs';
import { sampleOf } from './sample.mjs';

/**
 * Asks for the callers of sampled subjects, and compares.
 *
 * A pair is a subject and a definition that calls it, the top of a file among them. The language service's are those
 * around the called ones of its references in the repository's indexed files; of a method, of those that mean it itself: the
 * service's references are as well those of what it overrides, and of all else that does. lcad's are those that its calls
 * stand in, without ambiguous ones; one is right if a call of it there is one of the service's, and if lcad names that definition
 * as the caller (by any of its declarations), or one inside of it.
 */
export async function compareCallers(lcad, truth, subjects, { subjects: wanted, seed }) {
  const counts = { main: empty(), method: empty() };
  const misses = [];
  for (const group of ['main', 'method']) {
    const all = subjects.filter(({ kind }) => (kind === 'method') === (group === 'method'));
    const sampled = sampleOf(all, wanted, seed);
    counts[group].all = all.length;
    counts[group].sampled = sampled.length;
    for (const { name } of sampled) {
      const at = truth.lineOf(name.getSourceFile().fileName, name.getStart());
      const called = truth.references(name).filter(isCalled);
      const told = unitsOf(truth, group === 'main' ? called : called.filter((one) => truth.means(one, name)));
      const claimed = await claimsOf(lcad, truth, at, told.sites);
      const count = counts[group];
      count.subjects += told.units.size + claimed.size > 0 ? 1 : 0;
      count.claims += claimed.size;
      count.true += told.units.size;
      for (const [unit, { right, what, untold }] of claimed) {
        if (untold) count.untold++;
        if (right) count.right++;
        else misses.push({ of: group, what, subject: `${name.text} ${at.path}:${at.line}`, unit });
        if (right && told.units.has(unit)) count.found++;
      }
      for (const [unit, site] of told.units) {
        if (claimed.has(unit)) continue;
        misses.push({
          of: group,
          what: 'not found',
          subject: `${name.text} ${at.path}:${at.line}`,
          unit,
          site,
        });
      }
    }
  }
  return { ...counts, misses };
}

function empty() {
  return { all: 0, sampled: 0, subjects: 0, claims: 0, right: 0, untold: 0, true: 0, found: 0 };
}

/** The service's call sites, and the definitions around them with one site each. */
function unitsOf(truth, nodes) {
  const sites = new Set();
  const units = new Map();
  for (const node of nodes) {
    const { path, line, column } = truth.lineOf(node.getSourceFile().fileName, node.getStart());
    sites.add(`${path}:${line}:${column}`);
    units.set(unitKey(truth, node), `${path}:${line}:${column}`);
  }
  return { sites, units };
}

function unitKey(truth, node) {
  const { fileName } = node.getSourceFile();
  const unit = callerAround(node);
  if (!unit) return `${truth.pathOf(fileName)}:top`;
  const { path, line } = truth.lineOf(fileName, unit.name.getStart());
  return `${path}:${line}`;
}

/** lcad's callers: by the definition that its calls stand in, whether one of them is right. */
async function claimsOf(lcad, truth, at, sites) {
  const claimed = new Map();
  for (const { path, symbol, calls } of await lcad.callers(join(truth.root, at.path), at.line, at.column)) {
    for (const { line, column } of calls) {
      const site = `${path}:${line}:${column}`;
      const node = truth.nodeAt(path, line, column);
      // A file that the service does not know, as one of another language.
      if (!node) continue;
      const unit = unitKey(truth, node);
      const isCall = sites.has(site);
      const right = isCall && isNamed(truth, node, symbol);
      if (claimed.get(unit)?.right) continue;
      const named = symbol ? `${symbol.name}:${symbol.line}` : 'the top';
      claimed.set(unit, {
        right,
        untold: !isCall && truth.definitions(node).any.size === 0,
        what: isCall ? `wrong caller: ${named} at ${site}` : `wrong call at ${site}`,
      });
    }
  }
  return claimed;
}

/** Whether a symbol is the definition around a call, or one inside of that. */
function isNamed(truth, node, symbol) {
  const unit = callerAround(node);
  if (!unit) return true;
  if (!symbol) return false;
  const { fileName } = node.getSourceFile();
  const lines = truth.declarationsOf(unit.name).map((one) => {
    const name = one.name ?? one;
    return truth.lineOf(name.getSourceFile().fileName, name.getStart()).line;
  });
  const first = truth.lineOf(fileName, unit.node.getStart()).line;
  const last = truth.lineOf(fileName, unit.node.end).line;
  const { line } = truth.lineOf(fileName, unit.name.getStart());
  return (
    symbol.line === line ||
    lines.includes(symbol.line) ||
    (symbol.startLine >= first && symbol.endLine <= last)
  );
}
