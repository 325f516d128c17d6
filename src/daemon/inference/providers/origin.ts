/** What tells servers apart: the base url, with one name for this machine. */
export function originOf(base: string): string {
  const { protocol, hostname, port, pathname } = new URL(base);
  const host = hostname === 'localhost' ? '127.0.0.1' : hostname;
  const path = pathname.replace(/\/+$/, '');
  return `${protocol}//${host}${port && `:${port}`}${path}`;
}
