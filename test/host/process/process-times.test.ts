import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { createProcessIdentities } from '../../../src/host/process/process-identities.ts';
import { createProcessRunner } from '../../../src/host/process/process-runner.ts';
import { createProcessTimes } from '../../../src/host/process/process-times.ts';

const processes = createProcessIdentities();

describe.each(['linux', 'darwin'] as const)('processor time of a process, as on %s', (platform) => {
  const times = createProcessTimes(processes, async () => createProcessRunner(), platform);

  it('grows by what it uses; of a process that is gone nothing is known', async () => {
    const work =
      'while (process.cpuUsage().user < 1_200_000) for (let i = 0; i < 1e6; i += 1); console.log("done"); setTimeout(() => {}, 60_000)';
    const child = spawn(process.execPath, ['-e', work], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    const identity = await processes.identify(child.pid ?? 0);
    if (identity === undefined) throw new Error('the process has no identity');
    const used = await times.cpuSeconds(identity);
    expect(used).toBeGreaterThanOrEqual(1);
    expect(used).toBeLessThan(30);
    expect(await times.cpuSeconds({ ...identity, startTime: '1' })).toBeUndefined();
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await times.cpuSeconds(identity)).toBeUndefined();
  });
});
