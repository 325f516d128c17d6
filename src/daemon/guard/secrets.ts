import { looksSecret, nameReach, namesSecret } from './entropy.js';
import { opensPrivateKey, PrivateKeyBody } from './private-key.js';
import type { FindByRules } from './rules.js';
import type { Hit, Passed, Stage } from './stage.js';

/** Longest text that is kept back; no rule's secrets are longer, private keys excepted. */
const mostKept = 1400;
/** Text before the end of what is looked at that the rules see. */
const window = 1600;
const keptTail = 4096;

/** Beginnings of tokens that the rules know, and of addresses that may hold a password. Public themselves. */
const opening =
  /(?:sk-|gh[pousr]_|github_pat_|npm_|xox[bpaor]-|xapp-|lin_api_|SG\.|shp(?:pa|ca|at|ss)_|ops_)$/;
const urlOpening = /(https?|ftps?|mongodb(?:\+srv)?|mysqlx?|postgres(?:ql)?):\/\/$/i;
const webhook = 'hooks.slack.com/services/';

const isTokenCode = new Uint8Array(128);
for (const letter of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+/.~-') {
  isTokenCode[letter.charCodeAt(0)] = 1;
}
const mayEndOpening = new Uint8Array(128);
for (const letter of '-_./') mayEndOpening[letter.charCodeAt(0)] = 1;

type Kept = 'nothing' | 'value' | 'token' | 'web' | 'database' | 'key';

/**
 * Finds secrets in a stream. Text is looked at character by character: a run of token characters is kept back if it stands
 * where a value stands, from the end of a known beginning on, and in an address as long as it may have a password; it is
 * looked at when the run ends. Everything else goes through at once.
 */
export class SecretStage implements Stage {
  #text = '';
  /** Places in the text: what is looked at next, what may be shown, what was shown, and where the run began. */
  #at = 0;
  #safe = 0;
  #shown = 0;
  #run = 0;
  #kept: Kept = 'nothing';
  /** Of what is kept by a known beginning: where it began to be kept. */
  #from = 0;
  #tokenKnown = false;
  #body = new PrivateKeyBody();
  #find: FindByRules | null = null;
  readonly #load: () => Promise<FindByRules>;

  constructor(load: () => Promise<FindByRules>) {
    this.#load = load;
  }

  push(text: string): Passed | Promise<Passed> {
    this.#text += text;
    return this.#advance(false);
  }

  end(): Passed | Promise<Passed> {
    return this.#advance(true);
  }

  #advance(isEnd: boolean): Passed | Promise<Passed> {
    while (this.#at < this.#text.length) {
      const step = this.#step();
      if (step === 'load') return this.#afterLoading(isEnd);
      if (step) return this.#pass(step);
    }
    if (!isEnd) return this.#pass(null);
    if (this.#needsRules()) return this.#afterLoading(isEnd);
    const hit = this.#kept === 'key' ? (this.#body.isKey ? keyHit : null) : this.#look();
    if (!hit) this.#safe = this.#text.length;
    return this.#pass(hit);
  }

  async #afterLoading(isEnd: boolean): Promise<Passed> {
    this.#find = await this.#load();
    return this.#advance(isEnd);
  }

  /** Looks at one character. */
  #step(): Hit | 'load' | null {
    const at = this.#at;
    const code = this.#text.charCodeAt(at);
    if (this.#kept === 'key') return this.#keyStep(at);
    const belongs = this.#belongs(code);
    if (!belongs || (this.#kept !== 'nothing' && at - this.#from > mostKept)) {
      if (this.#needsRules()) return 'load';
      const hit = this.#look();
      if (hit) return hit;
      this.#release(belongs ? at : at + 1);
      return null;
    }
    this.#at = at + 1;
    if (this.#kept === 'nothing' && at - this.#run > keptTail) this.#run = at;
    if (at === this.#run && this.#kept === 'nothing' && this.#isValue()) this.#keep('value', at);
    if (code < 128 && mayEndOpening[code]) this.#open(at + 1, code);
    if (this.#kept === 'nothing') this.#safe = at + 1;
    else if (this.#kept === 'web' || this.#kept === 'database') this.#follow(at);
    return null;
  }

  #belongs(code: number): boolean {
    if (this.#kept === 'database') return code > 32;
    if (this.#kept === 'web') return code > 32 && code !== 34 && code !== 39 && code !== 96;
    // Base64 ends with "=".
    return code < 128 && (isTokenCode[code] === 1 || (code === 61 && this.#kept !== 'nothing'));
  }

  /** Notes beginnings of tokens, addresses and private keys that end at `end`. */
  #open(end: number, last: number): void {
    const tail = this.#text.slice(Math.max(0, end - 64), end);
    if (last === 45 && opensPrivateKey(tail)) {
      this.#body = new PrivateKeyBody();
      this.#keep('key', end);
    } else if (this.#kept === 'web' || this.#kept === 'database') return;
    else if (last === 47) {
      const scheme = urlOpening.exec(tail)?.[1];
      if (scheme) this.#keep(/^(?:http|ftp)/i.test(scheme) ? 'web' : 'database', end);
    } else if (opening.test(tail)) {
      this.#tokenKnown = true;
      if (this.#kept === 'nothing') this.#keep('token', end);
    }
  }

  /** Lets an address go that cannot have a password any more. */
  #follow(at: number): void {
    const part = this.#text.slice(this.#from, at + 1);
    if (part.includes('@')) return;
    const last = part.at(-1) ?? '';
    const isOver = this.#kept === 'web' ? !/[-\w:]/.test(last) : last === '/';
    if (!isOver || (this.#kept === 'web' && isWebhook(part))) return;
    this.#release(at + 1);
  }

  /** Whether the run stands where a value stands: in quotes, or after a name that says that it is secret. */
  #isValue(): boolean {
    const before = this.#text.charCodeAt(this.#run - 1);
    if (before === 34 || before === 39 || before === 96) return true;
    return namesSecret(this.#before());
  }

  #before(): string {
    return this.#text.slice(Math.max(0, this.#run - nameReach), this.#run);
  }

  #keyStep(at: number): Hit | null {
    this.#at = at + 1;
    const state = this.#body.step(this.#text.charAt(at));
    if (state === 'key') return keyHit;
    // The character may end the beginning of a token.
    if (state === 'none') this.#release(at);
    return null;
  }

  #keep(what: Kept, from: number): void {
    this.#kept = what;
    this.#from = from;
    this.#safe = from;
  }

  /** Lets go what is kept; a new run begins. */
  #release(until: number): void {
    this.#kept = 'nothing';
    this.#tokenKnown = false;
    this.#at = until;
    this.#safe = until;
    this.#run = until;
  }

  #needsRules(): boolean {
    return this.#kept !== 'nothing' && this.#find === null && this.#wantsRules();
  }

  #wantsRules(): boolean {
    if (this.#tokenKnown || this.#kept === 'web' || this.#kept === 'database') return true;
    return this.#kept === 'value' && this.#at - this.#run >= 16 && namesSecret(this.#before());
  }

  /** Looks at what is kept, which ends before the character that is next. */
  #look(): Hit | null {
    if (this.#kept === 'nothing') return null;
    const end = this.#at;
    if (this.#wantsRules()) {
      const found = this.#find?.(this.#text.slice(Math.max(0, end - window), end));
      if (found) return secretHit(found.rule);
    }
    if (this.#kept === 'web' || this.#kept === 'database') return null;
    const value = this.#text.slice(this.#run, end);
    return looksSecret(value, this.#before()) ? secretHit('entropy') : null;
  }

  #pass(hit: Hit | null): Passed {
    const text = this.#text.slice(this.#shown, this.#safe);
    this.#shown = this.#safe;
    const cut = Math.min(this.#shown, this.#run) - keptTail;
    if (cut > keptTail) {
      this.#text = this.#text.slice(cut);
      this.#at -= cut;
      this.#safe -= cut;
      this.#shown -= cut;
      this.#run -= cut;
      this.#from = Math.max(0, this.#from - cut);
    }
    return { text, hit };
  }
}

function isWebhook(part: string): boolean {
  return part.length < webhook.length ? webhook.startsWith(part) : part.startsWith(webhook);
}

function secretHit(rule: string): Hit {
  return { reason: 'secret', what: 'a key, token or password', details: { rule } };
}

const keyHit: Hit = { reason: 'secret', what: 'a private key', details: { rule: 'PrivateKey' } };
