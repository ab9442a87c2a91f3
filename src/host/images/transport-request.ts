import { type Dispatcher, request } from 'undici';
import { SysmonvmError } from '../../core/errors/sysmonvm-error.ts';

export interface SafeRequest {
  /** In words: "the image almalinux-9". */
  readonly what: string;
  readonly url: string;
  /** Given `host[:port]` as the URL parser normalises it; redirects elsewhere are refused. */
  readonly mayAsk: (host: string) => boolean;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

const maxRedirects = 5;

/**
 * Follows redirects hop by hop: https only, nobody in the URL, hosts compared as a whole. The body of what comes back
 * is what the server has: any content encoding is refused, since size and digest are those of the plain file.
 */
export async function safeRequest(
  { what, url, mayAsk, headers = {}, signal }: SafeRequest,
  dispatcher: Dispatcher,
): Promise<Dispatcher.ResponseData> {
  let at = new URL(url);
  for (let hop = 0; hop <= maxRedirects; hop += 1) {
    const refusal = refusalOf(at, hop === 0 ? () => true : mayAsk);
    if (refusal !== undefined) throw redirectRefused(what, url, at, refusal);
    const answer = await request(at, {
      dispatcher,
      headers: { 'accept-encoding': 'identity', 'user-agent': 'sysmonvm', ...headers },
      ...(signal === undefined ? {} : { signal }),
    });
    const { location } = answer.headers;
    if (answer.statusCode < 300 || answer.statusCode >= 400 || typeof location !== 'string') {
      await assertPlain(what, url, answer);
      return answer;
    }
    await discard(answer);
    if (!URL.canParse(location, at.href))
      throw redirectRefused(what, url, at, `${JSON.stringify(location)} is no address`);
    at = new URL(location, at);
  }
  throw redirectRefused(what, url, at, `it redirects more than ${maxRedirects} times`);
}

/** Ends a body that nobody wants, without reading a large one to its end. */
export async function discard({ body }: Pick<Dispatcher.ResponseData, 'body'>): Promise<void> {
  await body.dump({ limit: 16 * 1024 }).catch(() => undefined);
}

/** Why an address may not be used; undefined when it may. */
function refusalOf(url: URL, mayAsk: (host: string) => boolean): string | undefined {
  if (url.protocol !== 'https:') return `${url.protocol}//${url.host} is not https`;
  if (url.username !== '' || url.password !== '') return 'it names a user';
  if (!mayAsk(url.host)) return `the host ${url.host} is not one that may serve it`;
  return undefined;
}

function redirectRefused(what: string, url: string, at: URL, why: string): SysmonvmError {
  at.username = '';
  at.password = '';
  const place = at.href === url ? '' : ` It leads to ${at.href}.`;
  return new SysmonvmError('image.redirect-refused', `${what} is not taken from ${url}: ${why}.${place}`, {
    details: { url, redirectedTo: at.href, why },
    next: [`curl -sSI ${url}`],
  });
}

async function assertPlain(what: string, url: string, answer: Dispatcher.ResponseData): Promise<void> {
  const encoding = answer.headers['content-encoding'];
  if (encoding === undefined || encoding === '' || encoding === 'identity') return;
  await discard(answer);
  throw new SysmonvmError(
    'image.encoding-refused',
    `${what} is not taken from ${url}: the server sends it with the content encoding ${JSON.stringify(encoding)}.`,
    { details: { url, encoding }, next: [`curl -sSI ${url}`] },
  );
}
