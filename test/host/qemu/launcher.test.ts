import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { deadlineIn } from '../../../src/core/deadline.ts';
import { createProcessIdentities } from '../../../src/host/process/process-identities.ts';
import { systemClock } from '../../../src/host/process/system-clock.ts';
import { createLauncher } from '../../../src/host/qemu/launcher.ts';
import { createTextFiles } from '../../../src/host/store/text-files.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const runner = createProcessIdentities();
const files = createTextFiles(systemClock);
const launcher = createLauncher({ runner, files, clock: systemClock, env: process.env });
const qemu = '/usr/bin/qemu-system-x86_64';
const paused = (directory: string) => [
  '-nodefaults',
  '-display',
  'none',
  '-machine',
  'none',
  '-S',
  '-qmp',
  `unix:${directory}/qmp,server=on,wait=off`,
];

async function until(condition: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 10_000;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error('it did not come to be within 10 s');
    await systemClock.sleep(20);
  }
}

describe('launcher with real QEMU', () => {
  it('starts it in a session of its own, talks QMP, and the guardian records the exit status [R-42]', async () => {
    const directory = await temporaryDirectory();
    const { process: child, guardian } = await launcher.launch({
      executable: qemu,
      args: paused(directory),
      runId: 'r1',
      runDirectory: directory,
    });
    expect(await runner.isAlive(child)).toBe(true);
    const session = (await readFile(`/proc/${child.pid}/stat`, 'utf8')).split(') ')[1]?.split(' ')[3];
    expect(session).toBe(String(guardian.pid));
    const qmp = await launcher.connect(join(directory, 'qmp'), deadlineIn(systemClock, 5_000));
    expect(await qmp.execute('query-status')).toMatchObject({ running: false });
    await expect(qmp.execute('no-such-command')).rejects.toMatchObject({
      code: 'host.qemu-failed',
      message: expect.stringContaining('no-such-command'),
    });
    await qmp.execute('quit').catch(() => undefined);
    await until(async () => (await launcher.exitStatus(directory, 'r1')).known);
    expect(await launcher.exitStatus(directory, 'r1')).toMatchObject({ known: true, exitCode: 0 });
    expect(await runner.isAlive(child)).toBe(false);
  });

  it('records 128+N after a kill, though nobody of ours waits', async () => {
    const directory = await temporaryDirectory();
    const { process: child } = await launcher.launch({
      executable: qemu,
      args: paused(directory),
      runId: 'r1',
      runDirectory: directory,
    });
    expect(await runner.kill(child, 'SIGKILL')).toBe('sent');
    await until(async () => (await launcher.exitStatus(directory, 'r1')).known);
    expect(await launcher.exitStatus(directory, 'r1')).toMatchObject({ exitCode: 137 });
  });

  it('the status is unknown, not 0, when the guardian was killed with it', async () => {
    const directory = await temporaryDirectory();
    const { process: child, guardian } = await launcher.launch({
      executable: qemu,
      args: paused(directory),
      runId: 'r1',
      runDirectory: directory,
    });
    await runner.kill(guardian, 'SIGKILL');
    await runner.kill(child, 'SIGKILL');
    await until(async () => !(await runner.isAlive(child)));
    expect(await launcher.exitStatus(directory, 'r1')).toEqual({ known: false });
  });

  it("an argument QEMU refuses is reported in QEMU's own words", async () => {
    const directory = await temporaryDirectory();
    const start = launcher.launch({
      executable: qemu,
      args: ['-machine', 'nonsense'],
      runId: 'r1',
      runDirectory: directory,
    });
    const outcome = await start.then(
      async ({ process: child }) => {
        await until(async () => !(await runner.isAlive(child)));
        return (await launcher.ownWords(directory)).join('\n');
      },
      (error: Error) => error.message,
    );
    expect(outcome).toContain('unsupported machine type');
  });

  it('a launch that was not claimed yet is taken back; nothing starts later', async () => {
    const directory = await temporaryDirectory();
    await files.write(join(directory, 'r1.ticket'), '');
    expect(await launcher.recover(directory, 'r1')).toBeUndefined();
    expect(await files.exists(join(directory, 'r1.ticket'))).toBe(false);
  });

  it('a launch that was claimed is adopted', async () => {
    const directory = await temporaryDirectory();
    const launched = await launcher.launch({
      executable: qemu,
      args: paused(directory),
      runId: 'r1',
      runDirectory: directory,
    });
    expect(await launcher.recover(directory, 'r1')).toEqual(launched);
    await runner.kill(launched.process, 'SIGKILL');
  });

  it('a stale socket that nobody serves is an error that says so', async () => {
    const directory = await temporaryDirectory();
    await expect(launcher.connect(join(directory, 'qmp'), deadlineIn(systemClock, 200))).rejects.toMatchObject({
      code: 'host.qemu-failed',
      message: expect.stringContaining('ENOENT'),
    });
  });
});
