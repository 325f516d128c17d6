import { LcadError } from '../../shared/errors.js';
import { fetchDetail, httpFailure } from '../embed/http.js';
import { plainLine } from '../plain-text.js';

/** Longer replies are cut off: scores of 200 texts take some 20 KB. */
const longestReply = 4 << 20;

export interface PostOptions {
  /** Who is asked, for messages. */
  readonly what: string;
  readonly key: string | undefined;
  readonly signal: AbortSignal;
}

/**
 * Posts JSON and reads the JSON of the reply, of bounded length.
 * @throws PROVIDER_UNREACHABLE, PROVIDER_REFUSED (with `details.status`), PROVIDER_BAD_REPLY, the signal's reason
 */
export async function postJson(url: string, body: object, options: PostOptions): Promise<unknown> {
  const { what, key, signal } = options;
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        ...(key ? { authorization: `Bearer ${key}` } : {}),
      },
      body: JSON.stringify(body),
      redirect: 'error',
      signal,
    });
    const text = await readText(response, what);
    if (!response.ok) {
      const retryAfter = response.headers.get('retry-after');
      throw httpFailure(what, response.status, detailOf(text), { retryAfter });
    }
    return JSON.parse(text);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof LcadError) throw error;
    if (error instanceof SyntaxError) {
      throw new LcadError('PROVIDER_BAD_REPLY', `${what} sent a reply that is not JSON.`, { cause: error });
    }
    throw httpFailure(what, null, plainLine(fetchDetail(error)), { cause: error });
  }
}

async function readText(response: Response, what: string): Promise<string> {
  if (!response.body) return '';
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body as unknown as AsyncIterable<Uint8Array>) {
    length += part.length;
    // Leaving the loop cancels the body, and with it the connection.
    if (length > longestReply) {
      throw new LcadError('PROVIDER_BAD_REPLY', `${what} sent more than ${longestReply >> 20} MiB.`);
    }
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** What a server says is wrong: `error.message`, `error`, `message` or `detail` of JSON, else the text itself. */
function detailOf(text: string): string {
  let said: unknown = text;
  try {
    const { error, message, detail } = JSON.parse(text) as Record<string, unknown>;
    said = (error as { message?: unknown } | undefined)?.message ?? error ?? message ?? detail ?? text;
  } catch {
    // A page or plain text: as it is.
  }
  return plainLine(typeof said === 'string' ? said : (JSON.stringify(said) ?? text));
}
