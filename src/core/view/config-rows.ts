import type { Origin, Sourced, VmConfig } from '../config/vm-config.ts';
import { originText } from '../plan/origin-text.ts';
import { formatDuration } from '../units/duration.ts';

export interface ConfigRow {
  readonly setting: string;
  /** null: not set. */
  readonly value: unknown;
  readonly shown: string;
  readonly from: string;
  readonly origin: Origin;
}

function shown(key: string, value: unknown): string {
  if (value === undefined) return '-';
  if (typeof value === 'number' && key.endsWith('Ms')) return formatDuration(value);
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function cameFrom(origin: Origin): string {
  const note = origin.from === 'default' && origin.note !== undefined ? ` (${origin.note})` : '';
  return `${originText(origin)}${note}`;
}

/** One row for each setting; `names` gives the key under which config.yaml knows it. */
export function configRows(config: VmConfig, names: ReadonlyMap<string, string>): readonly ConfigRow[] {
  return (Object.entries(config) as readonly (readonly [string, Sourced<unknown>])[]).map(
    ([key, { value, origin }]) => ({
      setting: names.get(key) ?? key,
      value: value ?? null,
      shown: shown(key, value),
      from: cameFrom(origin),
      origin,
    }),
  );
}
