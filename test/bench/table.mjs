const ms = (value) => `${value.toFixed(value < 100 ? 1 : 0)} ms`;
const seconds = (value) => `${value.toFixed(1)} s`;
const mib = (value) => `${Math.round(value)} MiB`;
const count = (value) => Math.round(value).toLocaleString('en-US');

/** Rows of [what, figure] for a result of run.mjs. */
function rowsOf({ corpus, fullIndex, restart, save, branchSwitch, search, command, idle, others }) {
  return [
    ['corpus', `${count(corpus.lines)} lines, ${count(corpus.files)} files, ${mib(corpus.bytes / 2 ** 20)}`],
    ['indexed', `${count(fullIndex.indexedFiles)} files, ${count(fullIndex.chunks)} chunks`],
    ['full index, wall', seconds(fullIndex.wallSeconds)],
    ['full index, CPU', seconds(fullIndex.cpuSeconds)],
    ['full index, peak RSS of all processes', mib(fullIndex.peakRssMib)],
    ['on disk', mib(fullIndex.diskMib)],
    ['restart, nothing changed: ready', ms(restart.readyMs)],
    [`save to searchable (${save.saves} saves), p50 / p95`, `${ms(save.p50Ms)} / ${ms(save.p95Ms)}`],
    [
      `branch switch, ${branchSwitch.changedFiles} files: new / back / there again`,
      `${ms(branchSwitch.firstVisitMs)} / ${ms(branchSwitch.backMs)} / ${ms(branchSwitch.thereMs)}`,
    ],
    ...search.map((one) => [
      `search, ${one.clients} client${one.clients > 1 ? 's' : ''}, p50 / p95 / p99`,
      `${ms(one.p50Ms)} / ${ms(one.p95Ms)} / ${ms(one.p99Ms)} (${count(one.queriesPerSecond)}/s)`,
    ]),
    ['`lcad search` as a command, p50 / p95', `${ms(command.p50Ms)} / ${ms(command.p95Ms)}`],
    ['idle CPU', `${idle.cpuPercent.toFixed(1)} %`],
    ['idle RSS of all processes', mib(idle.rssMib)],
    ...Object.entries(others).map(([name, figure]) => [
      name === 'ripgrep' ? 'ripgrep, one query' : 'ctags -R',
      figure ? ms(figure.p50Ms) : 'not installed',
    ]),
  ];
}

export function printTable(result) {
  const { cores, node } = result.machine;
  console.log(`lcad bench, ${cores} cores, Node ${node}\n`);
  const rows = rowsOf(result);
  const width = Math.max(...rows.map(([what]) => what.length));
  for (const [what, figure] of rows) console.log(`${what.padEnd(width)}  ${figure}`);
}
