import { fail } from '../core/errors/sysmonvm-error.ts';

export function readPortNumber(text: string, shown: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port >= 1 && port <= 65_535) return port;
  return fail(
    'usage.invalid-argument',
    `"${shown}" is not a port; accepted are numbers from 1 to 65535, as HOST:GUEST or GUEST.`,
    {
      next: ['sysmonvm vm-port add --help'],
    },
  );
}

/** `8080:80`, or `80` for any free port of the host. */
export function readPortPair(text: string): { readonly host?: number; readonly guest: number } {
  const [first = '', second, ...more] = text.split(':');
  if (more.length > 0) readPortNumber(text, text);
  if (second === undefined) return { guest: readPortNumber(first, text) };
  const guest = readPortNumber(second, text);
  return first === '0' ? { guest } : { host: readPortNumber(first, text), guest };
}
