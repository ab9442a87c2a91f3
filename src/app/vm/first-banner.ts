import { SysmonvmError } from '../../core/errors/sysmonvm-error.ts';
import type { Clock } from '../../core/ports/clock.ts';

export interface BannerHunt {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** One connection; rejects with ssh.no-banner, whose detail `answered` says whether anything came back. */
  readonly attempt: (timeoutMs: number, signal: AbortSignal) => Promise<string>;
  readonly onFailure: (error: unknown) => void;
}

const shortMs = 1_500;
/** A new try starts this long after the one before, so at most three are open. */
const everyMs = 500;
const patientMs = 10_000;
const pauseMs = 100;

/**
 * QEMU accepts before the guest listens, so an open connection tells nothing. Two stages:
 *
 *   nothing ever came back   tries overlap: a first packet that the guest's network swallowed costs half a second
 *   something did            (a refusal by the guest's kernel, a first byte) one patient try at a time: the network is
 *                            there, and each connection costs a busy server a process
 */
export async function firstBanner({ clock, signal, attempt, onFailure }: BannerHunt): Promise<void> {
  const found = new AbortController();
  const answered = new AbortController();
  const over = AbortSignal.any([signal, found.signal]);
  const one = async (timeoutMs: number, stop: AbortSignal): Promise<void> => {
    try {
      await attempt(timeoutMs, stop);
      found.abort();
    } catch (error) {
      if (stop.aborted) return;
      onFailure(error);
      if (error instanceof SysmonvmError && error.details['answered'] === true) answered.abort();
    }
  };
  const early = AbortSignal.any([over, answered.signal]);
  const open = new Set<Promise<void>>();
  while (!early.aborted) {
    const running = one(shortMs, early).finally(() => open.delete(running));
    open.add(running);
    await clock.sleep(everyMs, early).catch(() => undefined);
  }
  await Promise.allSettled(open);
  while (!over.aborted) {
    await one(patientMs, over);
    await clock.sleep(pauseMs, over).catch(() => undefined);
  }
  signal.throwIfAborted();
}
