import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import type { TrialMachines } from '../../core/ports/trial-machines.ts';
import { minimalEnvironment } from '../process/process-runner.ts';
import { runUntil } from '../process/run-until.ts';
import { extraFolders, searchFolders } from '../process/tool-search.ts';
import { createJsonCache } from './json-cache.ts';

const longestMs = 60_000;

export function createTrialMachines(
  cacheDir: string,
  env: Readonly<Record<string, string | undefined>>,
  platform: 'linux' | 'darwin',
): TrialMachines {
  const cache = createJsonCache(join(cacheDir, 'facts'));
  const programEnv = minimalEnvironment(env, searchFolders(env['PATH'], extraFolders(platform)));
  return {
    remembered: (name, key) => cache.read(name, key),
    remember: (name, key, verdict) => cache.write(name, key, verdict),
    nonce: () => randomBytes(8).readBigUInt64LE(),
    async inDirectory(code, use) {
      const directory = await mkdtemp(join(tmpdir(), 'sysmonvm-probe-'));
      try {
        const imagePath = join(directory, 'probe.bin');
        await writeFile(imagePath, code);
        return await use({ directory, imagePath });
      } finally {
        await rm(directory, { recursive: true, force: true });
      }
    },
    async running(qemuPath, args, signal, use) {
      const done = new AbortController();
      const run = runUntil(qemuPath, args, {
        env: programEnv,
        timeoutMs: longestMs,
        signal: AbortSignal.any([signal, done.signal]),
        until: () => false,
      });
      const ended = run.then(({ stderr, exitCode, signal: killed }) =>
        fail('host.qemu-failed', stderr.trim() || `QEMU ended with ${killed ?? exitCode ?? 'an unknown status'}`),
      );
      try {
        return await Promise.race([use(), ended]);
      } finally {
        done.abort(new Error('the trial is over'));
        await run.catch(() => undefined);
      }
    },
  };
}
