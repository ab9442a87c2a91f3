import { metrics } from '../../core/telemetry/metrics.ts';
import { countConnections, type InterfaceCounters, parseNetDev } from '../../core/telemetry/proc-devices.ts';
import type { Reading } from '../../core/telemetry/reading.ts';
import type { Collector } from '../sampler/collector.ts';
import { measured } from './make-reading.ts';
import type { TextSource } from './text-source.ts';

const tables = ['/proc/net/tcp', '/proc/net/tcp6'];

/** Counters of every interface, and TCP connections by state, of the network namespace that we are in. */
export function networkCollector(texts: TextSource): Collector {
  return {
    name: 'network',
    pace: 'slow',
    collect: (at) => [
      ...parseNetDev(texts.read('/proc/net/dev') ?? '').flatMap((counters) => ofInterface(counters, at)),
      ...connections(texts, at),
    ],
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
