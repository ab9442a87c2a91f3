import { EnvHttpProxyAgent } from 'undici';
import { SysmonvmError } from '../../core/errors/sysmonvm-error.ts';

/** Only tests set these: a server of theirs on the loopback address. */
export interface TransportOptions {
  readonly allowLoopbackHttp?: boolean;
  readonly certificateAuthority?: string;
}

export const maxRedirects = 10;

/** Proxies come from the environment (HTTPS_PROXY, NO_PROXY …). Every wait has its own end. */
export function createDispatcher({ certificateAuthority }: TransportOptions): EnvHttpProxyAgent {
  const tls = certificateAuthority === undefined ? {} : { ca: certificateAuthority };
  return new EnvHttpProxyAgent({
    connect: { timeout: 20_000, ...tls },
    requestTls: { timeout: 20_000, ...tls },
    headersTimeout: 30_000,
    bodyTimeout: 60_000,
  });
}

/** Why an address may not be used; undefined when it may. */
export function refusalOf(url: URL, { allowLoopbackHttp = false }: TransportOptions): string | undefined {
  if (url.protocol === 'https:') return undefined;
  const loopback = ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
  if (url.protocol === 'http:' && loopback && allowLoopbackHttp) return undefined;
  return `${url.protocol}//${url.host} is not https`;
}

export function downloadFailed(id: string, url: string, why: string, cause?: unknown): SysmonvmError {
  return new SysmonvmError('image.download-failed', `The image ${id} could not be downloaded from ${url}: ${why}.`, {
    details: { id, url, why },
    next: [
      `sysmonvm fetch-image --image ${id}`,
      'sysmonvm vm-create --image debian-12   # built on this host, no download',
    ],
    cause,
  });
}

const reasons: Readonly<Record<string, string>> = {
  ENOTFOUND: 'the host name cannot be resolved',
  EAI_AGAIN: 'the host name cannot be resolved now (no network?)',
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was reset',
  ENETUNREACH: 'the network is unreachable',
  EHOSTUNREACH: 'the host is unreachable',
  ETIMEDOUT: 'the connection timed out',
  UND_ERR_CONNECT_TIMEOUT: 'no connection within 20 s',
  UND_ERR_HEADERS_TIMEOUT: 'no answer within 30 s',
  UND_ERR_BODY_TIMEOUT: 'no data for 60 s',
  UND_ERR_SOCKET: 'the connection broke',
};

/** One clause about a failed request, from the innermost cause that says something. */
export function networkReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? String(error.code) : '';
  const known = reasons[code];
  if (known !== undefined) return known;
  const inner = error instanceof AggregateError ? error.errors[0] : error.cause;
  if (inner instanceof Error) return networkReason(inner);
  return code === '' ? error.message : `${error.message} (${code})`;
}
