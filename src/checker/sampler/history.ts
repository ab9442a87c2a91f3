import type { Sample } from '../../core/telemetry/reading.ts';

/** The samples of the last minutes, so that somebody who asks every thirty seconds gets all of them. */
export interface History {
  add(sample: Sample): void;
  /** Those after a sequence number, the oldest first, and how many more there were. */
  since(sequence: number): { readonly samples: readonly Sample[]; readonly lost: number };
}

/** @param size how many samples are kept. */
export function createHistory(size: number): History {
  const ring: Sample[] = [];
  return {
    add(sample) {
      ring.push(sample);
      if (ring.length > size) ring.shift();
    },
    since(sequence) {
      const [oldest] = ring;
      if (oldest === undefined) return { samples: [], lost: 0 };
      const lost = Math.max(0, oldest.sequence - sequence - 1);
      return { samples: ring.filter((sample) => sample.sequence > sequence), lost };
    },
  };
}
