import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ProbeRun,
  probeAnswer,
  probeArguments,
  probeImage,
  probeTimeLimitMs,
} from '../../core/facts/accelerator-probe.ts';
import type { Accelerator, GuestArch } from '../../core/host-facts.ts';
import { runUntil } from '../process/run-until.ts';

export interface ProbeLaunch {
  readonly qemuPath: string;
  readonly arch: GuestArch;
  readonly accelerator: Accelerator;
  readonly env: Readonly<Record<string, string>>;
  readonly timeLimitMs?: number;
  readonly signal?: AbortSignal;
}

/** Starts QEMU with guest code of ours that holds a fresh nonce, and waits for the answer on its serial port. */
export async function launchProbe(launch: ProbeLaunch): Promise<ProbeRun> {
  const nonce = randomBytes(8).readBigUInt64LE();
  const answer = `${probeAnswer(nonce)}\n`;
  const directory = await mkdtemp(join(tmpdir(), 'sysmonvm-probe-'));
  try {
    const imagePath = join(directory, 'probe.bin');
    await writeFile(imagePath, probeImage(launch.arch, nonce));
    const result = await runUntil(launch.qemuPath, probeArguments(launch.arch, launch.accelerator, imagePath), {
      env: launch.env,
      timeoutMs: launch.timeLimitMs ?? probeTimeLimitMs,
      until: (stdout) => stdout.includes(answer),
      ...(launch.signal === undefined ? {} : { signal: launch.signal }),
    });
    return {
      answered: result.matched,
      timedOut: result.timedOut,
      exitCode: result.exitCode,
      signal: result.signal,
      stderr: result.stderr,
    };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
