import type { CommandContext } from '../cli/command-context.ts';
import type { CommandSpec } from '../cli/command-spec.ts';
import { invalidFlag } from '../cli/flags.ts';
import { collectorConfig } from '../core/otelcol/collector-config.ts';

const places = ['guest', 'host'] as const;
const guestEndpoint = '10.0.2.2:4317';
const hostEndpoint = 'localhost:4319';

function readAttributes({ flags }: CommandContext): Readonly<Record<string, string>> {
  return Object.fromEntries(
    flags.list('attribute').map((text) => {
      const at = text.indexOf('=');
      if (at < 1) invalidFlag('attribute', text, 'NAME=VALUE');
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}

export const collectorConfigCommand: CommandSpec = {
  name: 'collector-config',
  group: 'use',
  summary: 'Write a configuration for the OpenTelemetry Collector',
  description:
    'For the contrib distribution from 0.151 on, in a guest or on the host; it goes to standard output. The host’s collector takes what the guests send to 10.0.2.2:4317, which is its own 127.0.0.1:4317.',
  options: [
    { flags: '--for <place>', description: 'guest or host (default host)', choices: places },
    {
      flags: '--endpoint <address>',
      description: `HOST:PORT of the OTLP receiver by gRPC that gets the data (default: ${guestEndpoint} in a guest, ${hostEndpoint} on the host)`,
    },
    { flags: '--tls', description: 'TLS towards the endpoint' },
    { flags: '--attribute <pair>', description: 'NAME=VALUE added to the resource', repeat: true },
    {
      flags: '--semconv <which>',
      description: 'current (default) or both: cpu="cpu0" as well',
      choices: ['current', 'both'],
    },
  ],
  examples: [
    { command: 'sysmonvm collector-config --for guest', what: 'data goes to the collector of the host' },
    {
      command:
        'sysmonvm collector-config --endpoint metrics.example:4317 --tls --attribute deployment.environment.name=test',
      what: 'the host’s collector, to a store',
    },
  ],
  document: 'collector-config',
  run: async (context) => {
    const { flags } = context;
    const place = flags.text('for') === 'guest' ? 'guest' : 'host';
    const endpoint = flags.text('endpoint') ?? (place === 'guest' ? guestEndpoint : hostEndpoint);
    if (!/^[^\s:/]+:\d{1,5}$/.test(endpoint)) invalidFlag('endpoint', endpoint, 'HOST:PORT');
    const text = collectorConfig({
      for: place,
      endpoint,
      tls: flags.on('tls'),
      attributes: readAttributes(context),
      ...(place === 'host' ? { hostService: `${process.platform === 'darwin' ? 'macos' : 'linux'}-host-monitor` } : {}),
      legacy: flags.text('semconv') === 'both',
    });
    context.output.document({ for: place, endpoint, text }, () => text);
    return 0;
  },
};
