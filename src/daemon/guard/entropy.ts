/** Words that say that a value is meant to be secret, with what may stand between them and the value. */
const secretName =
  /(?:access|auth|api|credentials?|creds|key|passw(?:or)?d|passphrase|pwd|secret|token)[ \t\w.-]{0,20}["'`\]]{0,2}\s{0,3}(?:=>|:=|\?=|=|:|,|\(|\bis\b)\s{0,3}["'`]?$|\bbearer\s+$/i;
/** Of these the clear ones: also hexadecimal values count. */
const clearName =
  /(?:api_?key|secret|passw(?:or)?d|passphrase|(?:access|auth|bearer)_?token|private_?key)\w{0,10}["'`\]]{0,2}\s{0,3}(?:=>|:=|=|:)\s{0,3}["'`]?$/i;
/** Values that look random and are meant for everybody. */
const publicName =
  /(?:integrity|hash|sha\d*|md5|checksum|digest|sum|etag|fingerprint|public|pub_?key|signature|uuid|guid|version|commit|revision|h1|alphabet|chars|charset|site_?key|measurement)\w{0,12}["'`\]]{0,2}\s{0,3}(?:=>|:=|=|:|,|\()?\s{0,3}["'`]?$/i;
const publicValue =
  /^(?:sha(?:1|256|384|512)-|AAAA[BCE]|data:|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-|\.{0,2}\/|https?)/i;
/** Keys that their makers publish, for servers of developers: that of Azure's storage emulator. */
const published: ReadonlySet<string> = new Set([
  'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw',
]);
const placeholder = /(?:example|placeholder|dummy|sample|changeme|redacted|your[-_]|xxxx|test|fake|mock)/i;

/** Text before a value that is looked at. */
export const nameReach = 100;

/**
 * Bits per character, Shannon's entropy of the characters of the text. Pure.
 */
function entropyOf(text: string): number {
  const counts = new Map<number, number>();
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

/** Whether what stands before a value calls it secret. Pure. */
export function namesSecret(before: string): boolean {
  // Every word of an answer is asked about: most are told by the last character that is neither space nor quote.
  let last = before.length - 1;
  for (; last >= 0; last--) {
    const code = before.charCodeAt(last);
    if (code > 32 && code < 128 && code !== 34 && code !== 39 && code !== 96) break;
  }
  return ':=>,(sSrR'.includes(before.charAt(last)) && secretName.test(before);
}

/**
 * Whether a value is a key, token or password by its randomness. Pure.
 *
 * After a name that says so: 16 characters or more with letters and digits and 3.5 bits a character, the limit of
 * gitleaks' rule `generic-api-key`. In quotes after any other name: 32 or more with small and capital letters and digits
 * and 4.5 bits, the limit of truffleHog and of detect-secrets for base64. Names are told from random text by how often
 * small letters, capitals and digits change places.
 *
 * @param value characters of base64, base64url and "."
 * @param before up to `nameReach` characters that stand before it, the opening quote included
 */
export function looksSecret(value: string, before: string): boolean {
  const bare = value.replace(/[=.]+$/, '');
  if (bare.length < 16 || bare.length > 512 || publicValue.test(bare) || publicName.test(before))
    return false;
  if (published.has(bare)) return false;
  if (!/\d/.test(bare) || !/[A-Za-z]/.test(bare) || placeholder.test(bare)) return false;
  if (/^(?:0x)?[0-9a-f]+$/i.test(bare)) {
    return clearName.test(before) && bare.length >= 32 && entropyOf(bare) >= 3;
  }
  // Paths, hosts and lists of words.
  if (wordShare(bare) > 0.8) return false;
  if (namesSecret(before)) return entropyOf(bare) >= 3.5 && changes(bare) >= 0.22;
  return (
    /["'`]$/.test(before) &&
    bare.length >= 32 &&
    /[a-z]/.test(bare) &&
    /[A-Z]/.test(bare) &&
    entropyOf(bare) >= 4.5 &&
    changes(bare) >= 0.3 &&
    !isEncodedText(bare)
  );
}

/** Text in base64: images, examples, settings in links. */
function isEncodedText(value: string): boolean {
  const text = Buffer.from(value, 'base64').toString('latin1');
  const printable = text.match(/[\t\n\r\x20-\x7e]/g)?.length ?? 0;
  return printable >= text.length * 0.95;
}

/** Share of characters in words of five letters or more, of one case but for a capital in front. */
function wordShare(text: string): number {
  const words = text.match(/[A-Z]?[a-z]{4,}|[A-Z]{5,}/g) ?? [];
  return words.reduce((sum, word) => sum + word.length, 0) / text.length;
}

/**
 * How often neighbours are of different kinds (small, capital, digit), as a share; a capital and the small letter after it
 * count as one kind. Random base62 has 0.45, random base36 0.4, names in camelCase less than 0.2.
 */
function changes(text: string): number {
  let count = 0;
  let last = '';
  for (const letter of text) {
    const kind =
      letter >= 'a' && letter <= 'z'
        ? 'a'
        : letter >= 'A' && letter <= 'Z'
          ? 'A'
          : letter >= '0' && letter <= '9'
            ? '0'
            : '';
    if (kind === '') continue;
    if (last !== '' && kind !== last && !(last === 'A' && kind === 'a')) count++;
    last = kind;
  }
  return count / text.length;
}
