import { LcadError } from '../../shared/errors.js';
import { countTokens } from '../context/tokens.js';
import type { ProviderRequest, Sampling, Target } from '../inference/contract.js';
import type { FimFamily, FimInput } from './families.js';
import { familyOf } from './family-of.js';
import { fimPrompt, neutralInput, plainParts } from './templates.js';

/** What a server is asked, and what has to be said of it. */
export interface FimRequest {
  readonly request: ProviderRequest;
  /** Null: not known. */
  readonly family: FimFamily | null;
  readonly notes: readonly string[];
}

export interface FimChoices {
  readonly maxTokens: number;
  readonly temperature: number;
  readonly lines: 'single' | 'multiple';
}

/** As configured where it is, else what most servers take. */
const usualContext = 8192;
/** For the tokens of the form itself, and what a count may be wrong by. */
const spare = 64;
const mostStops = 4;

/** The family of a target's model, as configured or by what the server says of it; null: none that is known. */
function familyFor({ config, capabilities }: Pick<Target, 'config' | 'capabilities'>): FimFamily | null {
  const told = familyOf(capabilities.model, capabilities.template);
  if (config.template === 'none') return null;
  if (config.template === 'auto') return told;
  return config.template === 'granite' && told?.startsWith('granite-') ? told : config.template;
}

/**
 * Asks a target to fill in the middle: by its own infill, else by the prompt of the model's family, else by its own suffix
 * form, else with what stands before the cursor alone, which a note then says.
 * @throws PROVIDER_REFUSED if it can only chat
 */
export function fimRequest(target: Target, input: FimInput, choices: FimChoices): FimRequest {
  const { config, capabilities } = target;
  const family = familyFor(target);
  const fitted = fit(input, target, choices.maxTokens);
  const sampling = samplingOf(choices, []);
  const isConfigured = config.template !== 'auto' && config.template !== 'none';
  if (capabilities.infill && !(isConfigured && capabilities.raw)) {
    const { prefix, suffix, files } = neutralInput(fitted, family);
    const extra = files.map(({ path, text }) => ({ filename: path, text }));
    return { request: { is: 'infill', prefix, suffix, extra, ...sampling }, family, notes: [] };
  }
  if (family && capabilities.raw) {
    const { prompt, stop } = fimPrompt(family, fitted);
    return { request: { is: 'raw', prompt, ...samplingOf(choices, stop) }, family, notes: [] };
  }
  const { prefix, suffix } = plainParts(fitted, family);
  if (capabilities.suffix) {
    return { request: { is: 'suffix', prefix, suffix, ...sampling }, family, notes: [] };
  }
  const name = `${capabilities.model} on ${target.upstream}`;
  if (!capabilities.raw) {
    throw new LcadError('PROVIDER_REFUSED', `${name} cannot complete code: it only chats.`, {
      next: 'Configure a server with a code model, for example Ollama with qwen2.5-coder:1.5b-base.',
    });
  }
  const note =
    `How ${name} fills in the middle is not known, so that it saw nothing of what stands after the cursor. ` +
    'Set `template` of its upstream if you know its family.';
  return { request: { is: 'raw', prompt: prefix, ...sampling }, family, notes: [note] };
}

function samplingOf({ maxTokens, temperature, lines }: FimChoices, stop: readonly string[]): Sampling {
  const all = lines === 'single' ? ['\n', ...stop] : stop;
  return { maxTokens, temperature, ...(all.length > 0 ? { stop: all.slice(0, mostStops) } : {}) };
}

/** What a target takes: context is left out first, the worst of it before the rest, then what is furthest from the cursor. */
function fit(input: FimInput, { config, capabilities }: Target, maxTokens: number): FimInput {
  const most = config.contextTokens || capabilities.contextTokens || usualContext;
  let room = Math.max(spare, most - maxTokens - spare);
  const prefix = shortened(input.prefix, Math.ceil(room * 0.75), (text, chars) => text.slice(-chars));
  room -= countTokens(prefix);
  const suffix = shortened(input.suffix, room, (text, chars) => text.slice(0, chars));
  room -= countTokens(suffix);
  const fitting = new Set<FimInput['files'][number]>();
  for (const file of [...input.files].sort((a, b) => b.score - a.score)) {
    const tokens = countTokens(file.text) + countTokens(file.path) + 4;
    if (tokens > room) continue;
    room -= tokens;
    fitting.add(file);
  }
  return { ...input, prefix, suffix, files: input.files.filter((file) => fitting.has(file)) };
}

function shortened(text: string, tokens: number, cut: (text: string, chars: number) => string): string {
  let kept = text;
  for (let count = countTokens(kept); count > tokens && kept !== ''; count = countTokens(kept)) {
    const chars = Math.floor((kept.length * tokens * 0.95) / count);
    // Of no characters `slice(-0)` would leave all.
    kept = chars <= 0 ? '' : cut(kept, chars);
  }
  return kept;
}
