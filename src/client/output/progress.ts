import type { IndexProgress } from '../../protocol/repos.js';
import { count, duration } from './human.js';
import type { Colors, Terminal } from './terminal.js';
import { cut, widthOf } from './width.js';

/** Words for a phase of indexing, and what is counted in it. */
export const phases: Record<IndexProgress['phase'], { doing: string; unit: string }> = {
  scan: { doing: 'listing files', unit: 'files' },
  hash: { doing: 'reading files', unit: 'files' },
  derive: { doing: 'parsing', unit: 'files' },
  commit: { doing: 'writing the index', unit: 'files' },
  embed: { doing: 'embedding', unit: 'chunks' },
  done: { doing: 'finishing', unit: 'files' },
};

/** What a progress line shows. */
export interface ProgressView {
  /** What is worked on: a repository's name. */
  label: string;
  progress: IndexProgress | null;
  /** Units per second in this phase, 0 while unknown. */
  rate: number;
  elapsedSeconds: number;
}

const barWidth = 20;

/** A bar of a given width: filled to a share from 0 to 1. */
export function bar(share: number, width: number, colors: Colors): string {
  const filled = Math.round(Math.min(1, Math.max(0, share)) * width);
  return colors.cyan('█'.repeat(filled)) + colors.dim('░'.repeat(width - filled));
}

/** The status line, at most `columns` wide: what does not fit is left out, least important first. */
export function progressLine(view: ProgressView, columns: number, colors: Colors): string {
  const { progress } = view;
  const words = progress ? phases[progress.phase] : { doing: 'starting', unit: 'files' };
  const parts = [`${colors.bold(view.label)}  ${words.doing}`];
  if (progress && progress.total > 0) {
    const share = progress.done / progress.total;
    parts.push(`${bar(share, barWidth, colors)} ${Math.floor(share * 100)}%`);
    parts.push(`${count(progress.done)} of ${count(progress.total)} ${words.unit}`);
    if (view.rate >= 1) {
      parts.push(colors.dim(`${count(view.rate)} ${words.unit}/s`));
      const left = (progress.total - progress.done) / view.rate;
      if (left >= 1) parts.push(colors.dim(`${duration(left)} left`));
    }
  } else {
    if (progress && progress.done > 0) parts.push(`${count(progress.done)} ${words.unit}`);
    parts.push(colors.dim(duration(view.elapsedSeconds)));
  }
  while (parts.length > 1 && widthOf(parts.join('  ')) > columns) parts.pop();
  const line = parts.join('  ');
  return widthOf(line) > columns ? cut(`${view.label}  ${words.doing}`, columns) : line;
}

/** Units per second of the phase under way, over the last few seconds. */
export class RateMeter {
  private samples: { at: number; done: number }[] = [];
  private phase = '';

  /** @param now milliseconds of any steady clock */
  add(phase: string, done: number, now: number): void {
    if (phase !== this.phase) this.samples = [];
    this.phase = phase;
    this.samples.push({ at: now, done });
    while (this.samples.length > 2 && now - (this.samples[0]?.at ?? now) > 5000) this.samples.shift();
  }

  /** Units per second, 0 while there is too little to tell. */
  rate(): number {
    const first = this.samples[0];
    const last = this.samples.at(-1);
    if (!first || !last || last.at - first.at < 200) return 0;
    return Math.max(0, ((last.done - first.done) * 1000) / (last.at - first.at));
  }
}

const quietMs = 500;
const redrawMs = 100;

/**
 * Shows progress on standard error: on a terminal one line that is redrawn and removed at the end, elsewhere one line
 * once it takes more than a moment. Whoever makes one calls `stop`.
 */
export class ProgressDisplay {
  private readonly meter = new RateMeter();
  private readonly startedAt = performance.now();
  private readonly timer: NodeJS.Timeout;
  private progress: IndexProgress | null = null;
  private drawn = false;

  constructor(
    private readonly terminal: Terminal,
    private label: string,
  ) {
    this.timer = setInterval(() => this.draw(), redrawMs);
    this.timer.unref();
  }

  /** Takes the newest progress; drawn at the next turn of the clock. */
  update(progress: IndexProgress): void {
    this.progress = progress;
    this.meter.add(progress.phase, progress.done, performance.now());
  }

  /** Ends the display and removes its line. */
  stop(): void {
    clearInterval(this.timer);
    if (this.drawn && this.terminal.errIsTerminal) this.terminal.err('\r\x1b[2K\x1b[?25h');
  }

  private draw(): void {
    const elapsed = performance.now() - this.startedAt;
    if (elapsed < quietMs) return;
    if (!this.terminal.errIsTerminal) {
      if (!this.drawn && elapsed > 2 * quietMs) {
        this.drawn = true;
        this.terminal.err(`indexing ${this.label} …\n`);
      }
      return;
    }
    const view = {
      label: this.label,
      progress: this.progress,
      rate: this.meter.rate(),
      elapsedSeconds: elapsed / 1000,
    };
    const line = progressLine(view, this.terminal.errColumns - 1, this.terminal.errColors);
    this.terminal.err(`${this.drawn ? '' : '\x1b[?25l'}\r\x1b[2K${line}`);
    this.drawn = true;
  }
}
