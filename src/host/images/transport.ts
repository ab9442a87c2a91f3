import type { Dispatcher } from 'undici';
import { EnvHttpProxyAgent } from 'undici';

/** What the surroundings add to the certificate authorities of Node and of NODE_EXTRA_CA_CERTS. */
export interface TransportOptions {
  /** PEM; in place of the usual ones. */
  readonly certificateAuthority?: string;
}

/** Proxies come from the environment (HTTPS_PROXY, NO_PROXY …). Every wait has its own end. */
export function createDispatcher({ certificateAuthority }: TransportOptions): Dispatcher {
  const tls = certificateAuthority === undefined ? {} : { ca: certificateAuthority };
  return new EnvHttpProxyAgent({
    connect: { timeout: 20_000, ...tls },
    requestTls: { timeout: 20_000, ...tls },
    headersTimeout: 30_000,
    bodyTimeout: 60_000,
  });
}

const away = {
  ENOTFOUND: 'the host name cannot be resolved',
  EAI_AGAIN: 'the host name cannot be resolved now (no network?)',
  EAI_FAIL: 'the host name cannot be resolved',
  ENETUNREACH: 'the network is unreachable',
  ENETDOWN: 'the network is down',
  EADDRNOTAVAIL: 'this host has no address for it',
};

const reasons: Readonly<Record<string, string>> = {
  ...away,
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was closed',
  EHOSTUNREACH: 'the host is unreachable',
  ETIMEDOUT: 'the connection timed out',
  UND_ERR_CONNECT_TIMEOUT: 'no connection within 20 s',
  UND_ERR_HEADERS_TIMEOUT: 'no answer within 30 s',
  UND_ERR_BODY_TIMEOUT: 'no data for 60 s',
  UND_ERR_SOCKET: 'the connection broke',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'the answer ended too early',
};

export interface NetworkFailure {
  /** One clause, from the innermost cause that says something. */
  readonly why: string;
  /** It is this host's network that is missing, not the server. */
  readonly away: boolean;
  /** A certificate or a protocol error stays what it is. */
  readonly passing: boolean;
  /** The other side ended before what it had announced. */
  readonly endedEarly: boolean;
}

export function networkFailure(error: unknown): NetworkFailure {
  const found = innermost(error);
  const code = found instanceof Error && 'code' in found ? String(found.code) : '';
  const message = found instanceof Error ? found.message : String(found);
  const why = reasons[code] ?? (code === '' ? message : `${message} (${code})`);
  return {
    why,
    away: code in away,
    passing: code in reasons,
    endedEarly: code === 'UND_ERR_SOCKET' || code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  };
}

function innermost(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  if ('code' in error && String(error.code) in reasons && error.code !== 'UND_ERR_SOCKET') return error;
  const inner = error instanceof AggregateError ? error.errors[0] : error.cause;
  return inner instanceof Error ? innermost(inner) : error;
}
