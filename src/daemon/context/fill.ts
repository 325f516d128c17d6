import { randomInt } from 'node:crypto';
import type { ContextOmission, ContextResult, ContextSnippet } from '../../protocol/context.js';
import { defaultSystemText, defaultTemplate } from '../../protocol/context-template.js';
import { LcadError } from '../../shared/errors.js';
import { type Chosen, merge } from './merge.js';
import { type Packable, pack } from './pack.js';
import { endOf, isOfFile, type Region, textOf } from './regions.js';
import {
  makeNonce,
  nonces,
  renderPrompt,
  renderSnippet,
  renderTurns,
  type Shown,
  type Turn,
} from './render.js';
import type { FileTexts } from './texts.js';
import { countTokens, tokenCounting } from './tokens.js';

/** What a prompt is made of besides its snippets. */
interface Frame {
  question: string;
  turns: readonly Turn[];
  budget: number;
  /** Of the configuration; empty: the default. */
  template: string;
  systemText: string;
}

/** A prompt with what is in it and what is not. */
interface Filled extends Pick<ContextResult, 'prompt' | 'snippets' | 'tokens' | 'nonce' | 'omittedTurns'> {
  omitted: ContextOmission[];
}

/** Earlier turns take no more than this share of the budget. */
const turnsShare = 0.25;
/** Snippets get their numbers when they are chosen; until then they are counted with a long one. */
const longIndex = 100;
/** What merging saves is packed again, so many times at most. */
const rounds = 3;
/** Less than this is not worth packing again for. */
const worthARound = 40;

/**
 * Chooses the regions that fit the budget and renders the prompt. Never exceeds the budget.
 * @param regions the most wanted first
 * @throws BUDGET_TOO_SMALL if the parts that are always there do not fit
 */
export function fill(regions: readonly Region[], texts: FileTexts, frame: Frame): Filled {
  const { question, turns, budget } = frame;
  const everything = [
    question,
    ...turns.map(({ text }) => text),
    ...regions.map(({ lines }) => lines.join('\n')),
  ];
  const nonce = makeNonce(everything, () => randomInt(nonces));
  const fixed = countTokens(promptOf(frame, nonce, [], []));
  if (fixed > budget) {
    const message = `The instructions and the question alone take ${fixed} tokens, of ${budget}.`;
    throw new LcadError('BUDGET_TOO_SMALL', message, { details: { needed: fixed } });
  }
  const kept = turnsThatFit(turns, nonce, Math.min(budget * turnsShare, budget - fixed));
  const left = budget - countTokens(promptOf(frame, nonce, kept, []));
  const several = new Set(regions.flatMap(({ repo }) => (repo ? [repo.id] : []))).size > 1;
  const items = regions.map((region) => packable(region, several, nonce));
  const { snippets, taken } = choose(regions, items, texts, { nonce, several, budget: left });
  const prompt = promptOf(frame, nonce, kept, snippets);
  const inSnippets = snippets.reduce((sum, { tokens }) => sum + tokens, 0);
  return {
    prompt,
    snippets: snippets.map(({ shown: _shown, ...snippet }) => snippet),
    tokens: { budget, prompt: countTokens(prompt), snippets: inSnippets, fixed, counting: tokenCounting },
    nonce,
    omittedTurns: turns.length - kept.length,
    omitted: regions.flatMap((region, at) =>
      taken[at] === -1 ? [omissionOf(region, items[at]?.sizes[0]?.tokens ?? 0)] : [],
    ),
  };
}

function promptOf(
  { question, template, systemText }: Frame,
  nonce: string,
  turns: readonly Turn[],
  snippets: readonly { shown: Shown }[],
): string {
  return renderPrompt(template || defaultTemplate, {
    nonce,
    system: systemText || defaultSystemText,
    snippets: snippets.map(({ shown }) => renderSnippet(shown, nonce)).join(''),
    conversation: renderTurns(turns, nonce),
    query: question,
  });
}

/** The latest turns that fit. */
function turnsThatFit(turns: readonly Turn[], nonce: string, budget: number): Turn[] {
  for (let from = 0; from < turns.length; from++) {
    const some = turns.slice(from);
    if (countTokens(renderTurns(some, nonce)) <= budget) return some;
  }
  return [];
}

interface Choice {
  nonce: string;
  several: boolean;
  budget: number;
}

type Snippet = ContextSnippet & { shown: Shown };

/** A region with what each of its sizes takes in the prompt. */
function packable(region: Region, several: boolean, nonce: string): Packable {
  const sizes = region.sizes.map(({ span, worth }) => {
    const chosen = { region, span, text: textOf(region, span), why: [region.why] };
    return { tokens: countTokens(renderSnippet(shownOf(chosen, longIndex, several), nonce)), worth };
  });
  return { needs: region.needs, sizes };
}

/** Packs, merges, and packs again with what merging saved. */
function choose(
  regions: readonly Region[],
  items: readonly Packable[],
  texts: FileTexts,
  { nonce, several, budget }: Choice,
): { snippets: Snippet[]; taken: number[] } {
  let best: { snippets: Snippet[]; taken: number[] } | null = null;
  let allowed = budget;
  for (let round = 0; round < rounds; round++) {
    const taken = pack(items, allowed);
    const chosen = regions.flatMap((region, at) => {
      const size = region.sizes[taken[at] ?? -1];
      return size ? [{ region, span: size.span }] : [];
    });
    const merged = merge(
      chosen,
      (region, line) => region.repo !== null && texts.isBlank(region.repo, region.path, line),
    );
    const snippets = merged.map((one, at) => snippetOf(one, at + 1, several, nonce));
    const used = snippets.reduce((sum, { tokens }) => sum + tokens, 0);
    if (used > budget) break;
    best = { snippets, taken };
    const saved = budget - used;
    if (saved < worthARound || allowed - budget > saved + budget) break;
    allowed += saved;
  }
  return best ?? { snippets: [], taken: regions.map(() => -1) };
}

function snippetOf(chosen: Chosen, index: number, several: boolean, nonce: string): Snippet {
  const { region, text, why, whole } = chosen;
  const shown = shownOf(chosen, index, several);
  const { startLine, endLine, score } = shown;
  const { language, kind, name, unsaved, stale, trusted } = region;
  return {
    index,
    ...placeOf(region),
    startLine,
    endLine,
    language,
    kind,
    name,
    score,
    why: [...why],
    whole,
    text,
    unsaved,
    stale,
    trusted,
    tokens: countTokens(renderSnippet(shown, nonce)),
    shown,
  };
}

function shownOf(
  { region, span, text, why }: Pick<Chosen, 'region' | 'span' | 'text' | 'why'>,
  index: number,
  several: boolean,
): Shown {
  const { repo, path, name, stale, unsaved, trusted } = region;
  const own = name.split('.').at(-1) ?? '';
  const score = Math.min(1, Math.max(0, Math.round(region.score * 1000) / 1000));
  return {
    index,
    repo: several && repo ? repo.name : null,
    path,
    startLine: isOfFile(region) ? span.from : 0,
    endLine: isOfFile(region) ? span.to : 0,
    name: own === '' || text.includes(own) ? '' : name,
    score,
    why,
    stale,
    unsaved,
    trusted,
    text,
  };
}

function placeOf({ repo, path }: Region) {
  return { repo: repo?.id ?? null, root: repo?.root ?? null, path };
}

function omissionOf(region: Region, tokens: number): ContextOmission {
  const ofFile = isOfFile(region);
  return {
    ...placeOf(region),
    startLine: ofFile ? region.startLine : 0,
    endLine: ofFile ? endOf(region) : 0,
    why: [region.why],
    omitted: 'budget',
    tokens,
  };
}
