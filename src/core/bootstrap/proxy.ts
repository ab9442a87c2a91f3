import { fail } from '../errors/sysmonvm-error.ts';

/** Where a guest on user networking finds its host. */
const hostSeenFromGuest = '10.0.2.2';
const own = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/** The proxy variables of the host as lines of /etc/environment; a proxy on the host itself gets the address that the guest sees. */
export function proxyLines(env: Readonly<Record<string, string | undefined>>): string {
  const value = (name: string): string | undefined => env[name] || env[name.toUpperCase()] || undefined;
  const http = value('http_proxy') ?? value('https_proxy');
  const https = value('https_proxy') ?? http;
  if (http === undefined || https === undefined) {
    return fail('usage.invalid-argument', '--proxy: neither http_proxy nor https_proxy is set here.', {
      next: ['Set https_proxy, or leave --proxy away.'],
    });
  }
  const without = [
    ...new Set(['localhost', '127.0.0.1', ...(value('no_proxy') ?? '').split(/[\s,]+/).filter(Boolean)]),
  ];
  const pairs = { http_proxy: seenFromGuest(http), https_proxy: seenFromGuest(https), no_proxy: without.join(',') };
  return Object.entries(pairs)
    .flatMap(([name, text]) => [`${name}="${text}"`, `${name.toUpperCase()}="${text}"`])
    .map((line) => `${line}\n`)
    .join('');
}

function seenFromGuest(text: string): string {
  const url = parsed(text);
  if (!url || !/^https?:$/.test(url.protocol) || /["'\\$`\s]/.test(text))
    return fail(
      'usage.invalid-argument',
      '--proxy: a proxy variable of this host is not an http:// or https:// address.',
    );
  if (own.test(url.hostname)) url.hostname = hostSeenFromGuest;
  return url.href.replace(/\/$/, '');
}

function parsed(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
