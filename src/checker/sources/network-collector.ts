import { metrics } from '../../core/telemetry/metrics.ts';
import { countConnections, type InterfaceCounters, parseNetDev } from '../../core/telemetry/proc-devices.ts';
import type { Reading } from '../../core/telemetry/reading.ts';
import type { Collector } from '../sampler/collector.ts';
import { measured } from './make-reading.ts';
import type { TextSource } from './text-source.ts';

const tables = ['/proc/net/tcp', '/proc/net/tcp6'];
/** To read a table the kernel walks all of its hash buckets: 5 ms on a machine with much memory and few connections. */
const countAgainMs = 30_000;

/**
 * Counters of every interface, and TCP connections by state, of the network namespace that we are in. Connections are
 * counted more rarely: their readings bear the time at which they were.
 */
export function networkCollector(texts: TextSource): Collector {
  let counted: { readonly at: number; readonly readings: readonly Reading[] } | undefined;
  return {
    name: 'network',
    pace: 'slow',
    collect(at) {
      if (counted === undefined || Math.abs(at - counted.at) >= countAgainMs)
        counted = { at, readings: connections(texts, at) };
      const interfaces = parseNetDev(texts.read('/proc/net/dev') ?? '');
      return [...interfaces.flatMap((counters) => ofInterface(counters, at)), ...counted.readings];
    },
  };
}

function ofInterface({ name, ...counters }: InterfaceCounters, at: number): readonly Reading[] {
  const make = measured(at, { kind: 'procfs', file: '/proc/net/dev' });
  return (['receive', 'transmit'] as const).flatMap((direction) => {
    const { bytes, packets, errors, dropped } = counters[direction];
    const attributes = { 'network.interface.name': name, 'network.io.direction': direction };
    const device = { 'system.device': name, 'network.io.direction': direction };
    return [
      make(metrics.networkIo, bytes, attributes),
      make(metrics.networkPackets, packets, device),
      make(metrics.networkErrors, errors, attributes),
      make(metrics.networkDropped, dropped, attributes),
    ];
  });
}

/** A state that no connection is in has no reading. */
function connections(texts: TextSource, at: number): readonly Reading[] {
  const make = measured(at, { kind: 'procfs', file: '/proc/net/tcp' });
  const found = tables.flatMap((path) => texts.read(path) ?? []);
  return [...countConnections(found)].map(([state, count]) =>
    make(metrics.networkConnections, count, { 'network.transport': 'tcp', 'network.connection.state': state }),
  );
}
