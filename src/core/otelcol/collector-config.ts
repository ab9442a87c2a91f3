/**
 * A configuration for the OpenTelemetry Collector (the contrib distribution), for a guest or for the host.
 *
 *     guest   checker --OTLP--> collector of the guest --OTLP--> 10.0.2.2:4317, the host's loopback seen from the guest
 *     host    collector of the guest, host collector --OTLP--> collector of the host --OTLP--> whoever stores it
 *             host_metrics: load, memory, disks, network of the host
 *
 * Written after the reference of version 0.154.0: `otlp` and `host_metrics` receivers, `memory_limiter`, `resource`,
 * `transform` and `batch` processors, `otlp_grpc` exporter. Before 0.151.0 two of them are called `hostmetrics` and `otlp`
 * (https://github.com/open-telemetry/opentelemetry-collector-contrib/releases/tag/v0.151.0). Text in quotes is JSON, which every YAML reader takes.
 */
export interface CollectorConfigRequest {
  readonly for: 'guest' | 'host';
  /** Where the data goes: HOST:PORT of an OTLP receiver by gRPC. */
  readonly endpoint: string;
  /** TLS towards the endpoint: with a certificate of a known authority, or none. */
  readonly tls: boolean;
  /** Added to the resource of what comes by. */
  readonly attributes: Readonly<Record<string, string>>;
  /** service.name of what the host's own receiver reads; data that comes by has its own. */
  readonly hostService?: string;
  /** Adds `cpu="cpu0"` beside `cpu.logical_number`, as storage that grew up with the Collector's own receiver expects. */
  readonly legacy: boolean;
}

const quote = (text: string) => JSON.stringify(text);

function indent(lines: readonly string[], by: number): readonly string[] {
  return lines.map((line) => (line === '' ? line : ' '.repeat(by) + line));
}

const otlpReceiver = [
  'otlp:',
  '  protocols:',
  '    grpc:',
  '      endpoint: 127.0.0.1:4317',
  '    http:',
  '      endpoint: 127.0.0.1:4318',
];

/** CPU figures come from our own collector, which says where each number is from; these are what it does not read. */
const hostMetrics = [
  'host_metrics:',
  '  collection_interval: 10s',
  '  scrapers:',
  '    load:',
  '    memory:',
  '    disk:',
  '    filesystem:',
  '    network:',
  '    paging:',
];

function resource(attributes: Readonly<Record<string, string>>, serviceName: string | undefined): readonly string[] {
  const added = Object.entries(attributes).map(([key, value]) => ({ key, value, action: 'upsert' }));
  const named = serviceName === undefined ? [] : [{ key: 'service.name', value: serviceName, action: 'insert' }];
  const all = [...named, ...added];
  if (all.length === 0) return [];
  return [
    'resource:',
    '  attributes:',
    ...all.flatMap(({ key, value, action }) => [
      `    - key: ${quote(key)}`,
      `      value: ${quote(value)}`,
      `      action: ${action}`,
    ]),
  ];
}

const transform = [
  'transform:',
  '  metric_statements:',
  '    - context: datapoint',
  '      statements:',
  `        - ${quote('set(attributes["cpu"], Concat(["cpu", attributes["cpu.logical_number"]], "")) where attributes["cpu.logical_number"] != nil')}`,
];

/** The file as text, with a final newline. */
export function collectorConfig(request: CollectorConfigRequest): string {
  const isHost = request.for === 'host';
  const named = resource(request.attributes, request.hostService);
  const processors = [
    ['memory_limiter:', '  check_interval: 1s', '  limit_mib: 128'],
    ...(named.length === 0 ? [] : [named]),
    ...(request.legacy ? [transform] : []),
    ['batch:', '  timeout: 5s'],
  ];
  const names = (blocks: readonly (readonly string[])[]) => blocks.map(([first = '']) => first.slice(0, -1)).join(', ');
  const receivers = [otlpReceiver, ...(isHost ? [hostMetrics] : [])];
  const exporter = ['otlp_grpc:', `  endpoint: ${quote(request.endpoint)}`, '  tls:', `    insecure: ${!request.tls}`];
  return [
    `# OpenTelemetry Collector (contrib), ${isHost ? 'on the host' : 'in the guest'}. Made by: sysmonvm collector-config`,
    'receivers:',
    ...receivers.flatMap((block) => indent(block, 2)),
    'processors:',
    ...processors.flatMap((block) => indent(block, 2)),
    'exporters:',
    ...indent(exporter, 2),
    'service:',
    '  pipelines:',
    '    metrics:',
    `      receivers: [${names(receivers)}]`,
    `      processors: [${names(processors)}]`,
    '      exporters: [otlp_grpc]',
    '',
  ].join('\n');
}
