import { z } from 'zod';
import { parseDuration } from '../units/duration.ts';

/**
 * The file `/etc/serviceradar/checkers/sysmon-vm.json`. Durations are text (`250ms`, `5s`), addresses `HOST:PORT`.
 * Keys that are not known are refused with their place: a mistyped one would silently change nothing.
 */
const duration = (leastMs: number, mostMs: number, range: string) =>
  z.string().transform((text, context) => {
    const ms = parseDuration(text);
    if (ms !== undefined && /[a-z]/i.test(text) && ms >= leastMs && ms <= mostMs) return ms;
    context.addIssue({ code: 'custom', message: `"${text}" is not a duration from ${range}` });
    return z.NEVER;
  });

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

const address = z.string().transform((text, context): ListenAddress => {
  const match = /^(?:\[([0-9a-f:]+)\]|([^:[\]]*)):(\d{1,5})$/i.exec(text);
  const port = Number(match?.[3]);
  if (match !== null && port <= 65535)
    return { host: match[1] ?? (match[2] === '' ? '0.0.0.0' : (match[2] ?? '')), port };
  context.addIssue({ code: 'custom', message: `"${text}" is not an address such as 127.0.0.1:50110` });
  return z.NEVER;
});

const path = z.string().min(1);

const tls = z.strictObject({
  cert_file: path,
  key_file: path,
  ca_file: path,
  client_ca_file: path.optional(),
});

/** `spiffe` and its keys are known so that they are refused by name. */
const security = z.strictObject({
  mode: z.enum(['none', 'mtls', 'spiffe']).default('none'),
  cert_dir: path.optional(),
  server_name: z.string().optional(),
  role: z.string().optional(),
  tls: tls.optional(),
  trust_domain: z.string().optional(),
  server_spiffe_id: z.string().optional(),
  workload_socket: z.string().optional(),
});

const otlp = z.strictObject({
  endpoint: z.url({ protocol: /^https?$/ }),
  protocol: z.enum(['grpc', 'http/protobuf']).default('grpc'),
  interval: duration(100, 3_600_000, '100ms to 1h').prefault('10s'),
  timeout: duration(100, 60_000, '100ms to 1m').prefault('10s'),
  /** Batches that wait while the collector is away; beyond that the oldest is dropped and counted. */
  queue_size: z.int().min(1).max(100_000).default(720),
  headers: z.record(z.string(), z.string()).default({}),
  ca_file: path.optional(),
});

const on = z.boolean().default(true);

const checkerConfigSchema = z.strictObject({
  listen_addr: address.prefault('127.0.0.1:50110'),
  /** Usage, frequency, memory. */
  sample_interval: duration(50, 5000, '50ms to 5s').prefault('250ms'),
  /** Processes, disks, network, containers. */
  slow_interval: duration(1000, 300_000, '1s to 5m').prefault('5s'),
  /** How long samples are kept for those who ask for all since their last one. */
  history: duration(1000, 3_600_000, '1s to 1h').prefault('5m'),
  agent_id: z.string().default(''),
  /** Allows `security.mode` none at an address that others reach. */
  insecure: z.boolean().default(false),
  security: security.prefault({}),
  collectors: z
    .strictObject({
      frequency: on,
      perf: on,
      cpu: on,
      memory: on,
      disks: on,
      network: on,
      processes: on,
      containers: on,
    })
    .prefault({}),
  /** How many processes are reported: those that used most CPU time. */
  process_count: z.int().min(0).max(1000).default(10),
  semconv: z.enum(['current', 'legacy', 'both']).default('current'),
  /** Attributes of the resource: environment, cluster and whatever else a person wants to find the data by. */
  resource: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
  /** The VM this guest is, in the words of its host: carried by guest and host alike. */
  vm: z.strictObject({ id: z.string(), name: z.string() }).optional(),
  /** On a host: the VMs it carries, by the words that their guests have in `vm`. */
  hosted_vms: z.array(z.strictObject({ id: z.string(), name: z.string() })).default([]),
  otlp: otlp.optional(),
  prometheus: z.strictObject({ listen_addr: address.prefault('127.0.0.1:9464') }).optional(),
});

export type CheckerConfig = z.output<typeof checkerConfigSchema>;

/** Something wrong with the file, the environment or both together. `place` is a key such as `security.mode`. */
export interface ConfigProblem {
  readonly place: string;
  readonly message: string;
}

export type ConfigResult =
  | { readonly config: CheckerConfig; readonly problems: readonly [] }
  | { readonly config?: undefined; readonly problems: readonly ConfigProblem[] };

/** @param raw the parsed JSON with what the environment says already in it. */
export function checkConfig(raw: unknown): ConfigResult {
  const parsed = checkerConfigSchema.safeParse(raw);
  if (!parsed.success)
    return {
      problems: parsed.error.issues.flatMap((issue) =>
        issue.code === 'unrecognized_keys'
          ? issue.keys.map((key) => ({ place: [...issue.path, key].join('.'), message: 'is not a key that is known' }))
          : [{ place: issue.path.length === 0 ? 'the file' : issue.path.join('.'), message: issue.message }],
      ),
    };
  const problems = [...securityProblems(parsed.data)];
  return problems.length === 0 ? { config: parsed.data, problems: [] } : { problems };
}

function* securityProblems(config: CheckerConfig): Iterable<ConfigProblem> {
  const { mode, tls: files, cert_dir: directory } = config.security;
  if (mode === 'spiffe')
    yield {
      place: 'security.mode',
      message: '"spiffe" is not supported; use "mtls" with files, or "none" on 127.0.0.1',
    };
  if (mode === 'mtls' && files === undefined && directory === undefined)
    yield { place: 'security', message: 'mtls needs "tls" with its files, or "cert_dir" that holds them' };
  if (mode === 'none' && !isLoopback(config.listen_addr.host) && !config.insecure)
    yield {
      place: 'listen_addr',
      message: `${config.listen_addr.host} can be reached by others, and security.mode is "none"; use "mtls", 127.0.0.1, or "insecure": true`,
    };
  if (config.prometheus !== undefined && !isLoopback(config.prometheus.listen_addr.host) && !config.insecure)
    yield {
      place: 'prometheus.listen_addr',
      message: 'has no TLS; use 127.0.0.1, or "insecure": true if everybody who reaches it may read it',
    };
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);

export interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
  readonly caFile: string;
  readonly clientCaFile: string;
}

/** Relative names lie in `cert_dir`; without `tls` its files are `server.pem`, `server-key.pem` and `ca.pem`. */
export function tlsFiles({ tls: files, cert_dir: directory }: CheckerConfig['security']): TlsFiles {
  const at = (name: string) => (name.startsWith('/') || directory === undefined ? name : `${directory}/${name}`);
  const caFile = at(files?.ca_file ?? 'ca.pem');
  return {
    certFile: at(files?.cert_file ?? 'server.pem'),
    keyFile: at(files?.key_file ?? 'server-key.pem'),
    caFile,
    clientCaFile: files?.client_ca_file === undefined ? caFile : at(files.client_ca_file),
  };
}
