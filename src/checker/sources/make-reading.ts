import type { Metric } from '../../core/telemetry/metrics.ts';
import type { AttributeValue, Reading, Source } from '../../core/telemetry/reading.ts';

export type Attributes = Readonly<Record<string, AttributeValue>>;

const none: Attributes = {};

/** What is counted by the kernel over the time of the reading. */
export function measured(
  at: number,
  source: Source,
): (metric: Metric, value: number, attributes?: Attributes, since?: number) => Reading {
  return (metric, value, attributes = none, since) => ({
    metric: metric.name,
    attributes,
    value,
    at,
    ...(since === undefined ? {} : { since }),
    source,
    quality: 'measured',
  });
}

/** The same attributes for the same key in every round: a sample holds thousands of readings. */
export function remembered<Key, Value>(make: (key: Key) => Value): (key: Key) => Value {
  const known = new Map<Key, Value>();
  return (key) => {
    const found = known.get(key);
    if (found !== undefined) return found;
    const made = make(key);
    known.set(key, made);
    return made;
  };
}
