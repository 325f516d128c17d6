import { readdirSync, readFileSync } from 'node:fs';

const ticksPerSecond = 100;

/** A process and all its descendants, by pid. Linux only (/proc). */
function processTree(root) {
  const children = new Map();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = statOf(Number(name));
    if (stat) children.set(stat.parent, [...(children.get(stat.parent) ?? []), Number(name)]);
  }
  const tree = [];
  const todo = [root];
  for (let pid = todo.pop(); pid !== undefined; pid = todo.pop()) {
    tree.push(pid);
    todo.push(...(children.get(pid) ?? []));
  }
  return tree;
}

/** Fields of /proc/<pid>/stat: parent, and CPU seconds of the process and of its ended children. */
function statOf(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
    return { parent: Number(fields[1]), cpuSeconds: ticks / ticksPerSecond };
  } catch {
    // It ended meanwhile.
    return null;
  }
}

function memoryOf(pid, field) {
  try {
    const match = readFileSync(`/proc/${pid}/status`, 'utf8').match(
      new RegExp(`^${field}:\\s+(\\d+) kB`, 'm'),
    );
    return match ? Number(match[1]) * 1024 : 0;
  } catch {
    return 0;
  }
}

/** CPU seconds and resident bytes of a process with its descendants, now. */
export function usageOf(root) {
  const pids = processTree(root);
  return {
    cpuSeconds: pids.reduce((sum, pid) => sum + (statOf(pid)?.cpuSeconds ?? 0), 0),
    rssBytes: pids.reduce((sum, pid) => sum + memoryOf(pid, 'VmRSS'), 0),
  };
}

/** Samples the resident bytes of a process tree; `stop()` gives the highest sum seen. */
export function watchPeak(root, everyMs = 25) {
  let peak = 0;
  const sample = () => {
    peak = Math.max(peak, usageOf(root).rssBytes);
  };
  const timer = setInterval(sample, everyMs);
  return {
    stop() {
      clearInterval(timer);
      sample();
      return peak;
    },
  };
}

export function percentile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

/** A word of random letters: one search term, that occurs nowhere else. */
export function freshWord() {
  return Array.from({ length: 14 }, () => String.fromCharCode(97 + Math.floor(Math.random() * 26))).join('');
}

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
