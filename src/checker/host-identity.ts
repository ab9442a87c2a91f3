import { networkInterfaces, hostname as systemHostname } from 'node:os';
import type { Identity } from '../core/checker/payload.ts';
import { macHostId } from './sources/mac-identity.ts';
import type { TextSource } from './sources/text-source.ts';

/**
 * Who this machine is: `host.id` is the machine-id, as OpenTelemetry asks of Linux, the address that of the interface
 * with the default route. What is not known is empty.
 */
export function readIdentity(
  texts: Pick<TextSource, 'read'>,
  agentId: string,
  interfaces = networkInterfaces(),
): Identity {
  const macId = process.platform === 'darwin' ? macHostId() : '';
  return {
    hostId: machineId(texts) ?? macId,
    hostname: systemHostname(),
    hostIp: addressOf(texts, interfaces),
    agentId,
  };
}

export const machineId = (texts: Pick<TextSource, 'read'>): string | undefined =>
  ['/etc/machine-id', '/var/lib/dbus/machine-id']
    .map((file) => texts.read(file)?.trim() ?? '')
    .find((text) => /^[0-9a-f]{32}$/.test(text));

/** `/proc/net/route`: the line whose destination and mask are zero, with the least metric. */
function defaultInterface(table: string): string | undefined {
  const routes = table
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [name, destination, , , , , metric, mask] = line.trim().split(/\s+/);
      return name !== undefined && destination === '00000000' && mask === '00000000'
        ? [{ name, metric: Number(metric) }]
        : [];
    });
  return routes.sort((a, b) => a.metric - b.metric)[0]?.name;
}

function addressOf(texts: Pick<TextSource, 'read'>, interfaces: ReturnType<typeof networkInterfaces>): string {
  const preferred = defaultInterface(texts.read('/proc/net/route') ?? '');
  const addresses = Object.entries(interfaces)
    .flatMap(([name, list = []]) => list.map((entry) => ({ name, ...entry })))
    .filter(({ internal, address }) => !internal && !address.startsWith('fe80'));
  const best =
    addresses.find(({ name, family }) => name === preferred && family === 'IPv4') ??
    addresses.find(({ family }) => family === 'IPv4') ??
    addresses[0];
  return best?.address ?? '';
}
