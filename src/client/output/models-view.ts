import type { ModelServer, ModelsResult, ModelUse, OfferedModel } from '../../protocol/models.js';
import { bytes, count, plural } from './human.js';
import { printableLine } from './printable.js';
import { type Cell, table } from './table.js';
import type { Colors } from './terminal.js';
import { wrap } from './width.js';

export interface ModelsViewOptions {
  /** Width of the terminal, or Infinity. */
  columns: number;
  colors: Colors;
}

const uses = ['chat', 'completion', 'embedding', 'rerank'] as const;
/** Models shown of a server. */
const mostModels = 20;

/** What is used for what, then each server with its models, and what to do where none is ready. */
export function modelsText(result: ModelsResult, options: ModelsViewOptions): string {
  const { colors, columns } = options;
  const blocks = [usesText(result, colors), ...result.servers.map((server) => serverText(server, options))];
  const say = [...whatToDo(result), result.advice.text];
  blocks.push(say.map((text) => `${wrap(printableLine(text), columns).join('\n')}\n`).join('\n'));
  return blocks.join('\n');
}

/** What to do where no server is ready, unless each of them tells it by itself. */
function whatToDo({ next, servers }: ModelsResult): string[] {
  if (next === null) return [];
  if (servers.length === 0 || servers.some((server) => server.next === null)) return [next];
  return servers.length > 1 ? ['No model server is ready: start one of these.'] : [];
}

function usesText(result: ModelsResult, colors: Colors): string {
  const width = Math.max(...uses.map((use) => use.length));
  return uses
    .map((use) => `${colors.dim(use.padEnd(width))}  ${useText(result.uses[use], colors)}\n`)
    .join('');
}

function useText(use: ModelUse | null, colors: Colors): string {
  if (!use) return colors.yellow('none');
  const model = printableLine(use.model);
  return `${model === '' ? colors.dim('the loaded model') : model} ${colors.dim(`(${printableLine(use.upstream)})`)}`;
}

function serverText(server: ModelServer, { colors, columns }: ModelsViewOptions): string {
  const { name, kind, origin, state, configured } = server;
  const paint = state === 'ready' ? colors.green : configured ? colors.red : colors.yellow;
  const about = configured ? '' : colors.dim('  (looked for by default)');
  const title = `${colors.bold(printableLine(name))}  ${kind} at ${printableLine(origin)}  ${paint(state)}${about}\n`;
  const told = [aboutModel(server), server.message, state === 'ready' ? null : server.next]
    .filter((line) => line !== null && line !== '')
    .flatMap((line) => wrap(printableLine(String(line)), columns - 2))
    .map((line) => `  ${line}\n`);
  return `${title}${told.join('')}${modelTable(server.models, colors, columns)}`;
}

function aboutModel({ state, model, contextTokens, can, roles }: ModelServer): string {
  if (state !== 'ready' || model === null) return `for ${roles.join(', ')}`;
  const fits = contextTokens === null ? '' : `, ${count(contextTokens)} tokens`;
  return `${model} for ${roles.join(', ')}${fits}${can.length > 0 ? `; can ${can.join(', ')}` : ''}`;
}

function modelTable(models: readonly OfferedModel[], colors: Colors, columns: number): string {
  if (models.length === 0) return '';
  const cells = ({
    name,
    loaded,
    parameters,
    quantisation,
    architecture,
    ...model
  }: OfferedModel): Cell[] => [
    { text: printableLine(name) },
    { text: loaded === null ? '' : loaded ? 'loaded' : '', paint: colors.green },
    { text: model.bytes === null ? '' : bytes(model.bytes) },
    { text: printableLine([architecture, parameters, quantisation].filter((one) => one !== null).join(' ')) },
  ];
  const lines = table(
    [{ title: 'model', shrink: true }, { title: '' }, { title: 'size', align: 'right' }, { title: 'kind' }],
    models.slice(0, mostModels).map(cells),
    columns - 2,
    colors.dim,
  );
  const more = models.length - mostModels;
  if (more > 0) lines.push(colors.dim(`and ${plural(more, 'more model')}`));
  return lines.map((line) => `  ${line}\n`).join('');
}
