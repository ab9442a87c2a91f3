import type { ObservedBoot } from '../../src/core/measure/boot/observed-boot.ts';
import { fingerprint } from './measured-results.ts';

/** A boot that took so long; undefined: it failed. */
export function observedBoot(totalMs: number | undefined): ObservedBoot {
  const { machine } = fingerprint;
  if (!machine) throw new Error('the fingerprint of the fixtures has a machine');
  const failure = { code: 'guest.panicked', message: 'the guest panicked' };
  return {
    ...(totalMs === undefined ? { outcome: 'failed', failure } : { outcome: 'completed', totalMs }),
    ...{ startedAt: 1_767_323_045_000, markers: [], lanes: [], machine, accelerationUsable: false },
    usage: { intervalMs: 0, samples: [], missed: 0, truncated: false, cost: { cpuSeconds: 0, wallSeconds: 0 } },
    ...{ bootLog: '/boot.log', debugLog: '/qemu.log', diskImage: '/disk.qcow2' },
  };
}
