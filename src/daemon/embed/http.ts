import { isIP } from 'node:net';
import { LcadError, messageOf } from '../../shared/errors.js';

/**
 * The base url of a provider. @throws CONFIG_INVALID if it is no url, or is remote without leave
 * @param table the part of the configuration that the url is from
 */
export function providerUrl(
  url: string,
  fallback: string,
  allowRemote: boolean,
  table: 'embedding' | 'rerank' | 'inference.upstreams' = 'embedding',
): string {
  const text = (url || fallback).replace(/\/+$/, '');
  let parsed: URL;
  try {
    parsed = new URL(text);
  } catch (error) {
    throw new LcadError('CONFIG_INVALID', `${table}.url is not a url: ${text}`, { cause: error });
  }
  if (!/^https?:$/.test(parsed.protocol)) {
    throw new LcadError(
      'CONFIG_INVALID',
      `${table}.url must begin with http:// or https://, not ${parsed.protocol}`,
    );
  }
  if (!allowRemote && !isLoopback(parsed.hostname)) {
    throw new LcadError('CONFIG_INVALID', `${table}.url is not on this machine: ${parsed.hostname}.`, {
      next: `Set ${table}.allowRemote = true if your code may be sent there.`,
    });
  }
  return text;
}

function isLoopback(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  if (host === 'localhost' || host.endsWith('.localhost')) return true;
  return isIP(host) === 4 ? host.startsWith('127.') : host === '::1';
}

/** What the system's codes mean to who reads them for the first time. */
const plainReasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was broken',
  EPIPE: 'the connection was broken',
  ENOTFOUND: 'no host has this name',
  EAI_AGAIN: 'its name cannot be looked up now',
  ETIMEDOUT: 'no answer came',
};

/** The error of a failed HTTP exchange: by status if there was one, otherwise the server could not be reached. */
export function httpFailure(
  what: string,
  status: number | null,
  detail: string,
  options: { retryAfter?: string | null; cause?: unknown } = {},
): LcadError {
  const { retryAfter, cause } = options;
  if (status === null) {
    const reason = plainReasons[detail];
    return new LcadError(
      'PROVIDER_UNREACHABLE',
      `${what} cannot be reached: ${reason ? `${reason} (${detail})` : detail}`,
      { cause },
    );
  }
  const later = status === 408 || status === 429 || status >= 500;
  const retryAfterMs = later ? retryAfterMsOf(retryAfter ?? null) : undefined;
  return new LcadError(
    later ? 'PROVIDER_UNREACHABLE' : 'PROVIDER_REFUSED',
    `${what} answered ${status}: ${detail.slice(0, 300)}`,
    { details: { status, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }, cause },
  );
}

/** Retry-After in milliseconds: seconds or an HTTP date (RFC 9110, 10.2.3); undefined if absent or unreadable. */
function retryAfterMsOf(header: string | null): number | undefined {
  if (!header) return undefined;
  const seconds = Number(header);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) && ms >= 0 ? ms : undefined;
}

/** Why a fetch failed, without the generic "fetch failed" around it. */
export function fetchDetail(error: unknown): string {
  const { cause } = error as { cause?: { code?: string } };
  return cause?.code ?? messageOf(error);
}
