import { type Cell, type Column, table } from '../../client/output/table.js';
import type { Report } from './evaluate.js';
import type { Summary } from './score.js';

const layout: Column[] = [
  { title: '' },
  ...['queries', 'NDCG@10', 'recall@1', 'recall@5', 'recall@10', 'MRR'].map(
    (title): Column => ({ title, align: 'right' }),
  ),
];

/** The figures of an evaluation as text for a person. Pure. */
export function reportText(report: Report, columns: number): string {
  const { overall, byCategory, byLanguage, search, index, withVectors } = report;
  const lines = [
    ...part('all', { queries: overall }, columns),
    ...part('category', byCategory, columns),
    ...part('language', byLanguage, columns),
    `search   p50 ${search.p50.toFixed(1)} ms, p95 ${search.p95.toFixed(1)} ms through the socket; vectors in ${withVectors} of ${overall.queries}`,
    `index    ${index.seconds.toFixed(1)} s for ${index.files} files, ${index.chunks} chunks`,
  ];
  return `${lines.join('\n')}\n`;
}

function part(title: string, groups: Record<string, Summary>, columns: number): string[] {
  const [first, ...rest] = layout;
  const rows = Object.entries(groups).map(([name, summary]) => row(name, summary));
  return [...table([{ ...first, title }, ...rest], rows, columns), ''];
}

function row(name: string, { queries, ndcg10, recall1, recall5, recall10, mrr }: Summary): Cell[] {
  const figures = [ndcg10, recall1, recall5, recall10, mrr].map((value) => value.toFixed(4));
  return [name, String(queries), ...figures].map((text) => ({ text }));
}
