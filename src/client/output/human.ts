/** Numbers, sizes and times for people. Pure. */

/** 1234567 as "1,234,567". */
export function count(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** "1 file", "2,345 files". @param many the plural, if it is not made by adding "s" */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** Bytes in powers of 1000: "512 B", "1.4 kB", "52 MB". */
export function bytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let scaled = value;
  let unit = 0;
  while (scaled >= 999.5 && unit < units.length - 1) {
    scaled /= 1000;
    unit += 1;
  }
  const digits = unit > 0 && scaled < 9.95 ? 1 : 0;
  return `${scaled.toFixed(digits)} ${units[unit]}`;
}

/** Milliseconds: "0.4 ms", "12 ms", "1.2 s", "2 min 5 s". */
export function milliseconds(value: number): string {
  if (value < 9.95) return `${Number(value.toFixed(1))} ms`;
  if (value < 999.5) return `${Math.round(value)} ms`;
  return value < 59_950 ? `${(value / 1000).toFixed(1)} s` : duration(value / 1000);
}

/** Seconds in at most two units: "45 s", "3 min 20 s", "5 h 12 min", "2 d 4 h". */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const steps: [number, string][] = [
    [86_400, 'd'],
    [3600, 'h'],
    [60, 'min'],
    [1, 's'],
  ];
  const parts: string[] = [];
  let rest = whole;
  for (const [size, unit] of steps) {
    const amount = Math.floor(rest / size);
    rest -= amount * size;
    if (amount > 0) parts.push(`${amount} ${unit}`);
    else if (parts.length > 0) break;
    if (parts.length === 2) break;
  }
  return parts.join(' ') || '0 s';
}

/** How long ago a moment was: "just now", "40 s ago", "2 min ago", "3 d ago", then its date. */
export function ago(iso: string, now: number = Date.now()): string {
  const time = Date.parse(iso);
  if (Number.isNaN(time)) return 'unknown';
  const seconds = (now - time) / 1000;
  if (seconds < 2) return 'just now';
  if (seconds < 59.5) return `${Math.round(seconds)} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  if (seconds < 30 * 86_400) return `${Math.floor(seconds / 86_400)} d ago`;
  return iso.slice(0, 10);
}
