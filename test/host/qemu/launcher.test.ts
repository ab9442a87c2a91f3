import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { consoleLines } from '../../../src/app/vm/console-log.ts';
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
  const end = Date.now() + 30_000;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error('it did not come to be within 30 s');
    await systemClock.sleep(20);
  }
}

async function programsNaming(word: string): Promise<readonly string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const commands = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
  return commands.filter((command) => command.includes(word));
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

  it('empties a console log that grows without end, under QEMU; beginning and newest part are kept', async () => {
    const directory = await temporaryDirectory();
    const limit = 64 * 1024;
    const bounded = createLauncher({ runner, files, clock: systemClock, env: process.env, consoleLimitBytes: limit });
    // The control socket writes its log as the console's does, and is as talkative as we like.
    const logged = `logfile=${directory}/console.log,logappend=on`;
    const { process: child, guardian } = await bounded.launch({
      executable: qemu,
      args: [
        ...paused(directory),
        ...['-chardev', `socket,id=c,path=${directory}/logged,server=on,wait=off,${logged}`],
        ...['-mon', 'chardev=c,mode=control'],
      ],
      runId: 'r1',
      runDirectory: directory,
    });
    const qmp = await bounded.connect(join(directory, 'logged'), deadlineIn(systemClock, 5_000));
    const sizeOf = (part: string) => files.size(join(directory, `console.${part}`));
    for (const part of ['old.log', 'first.log']) {
      await qmp.execute('query-qmp-schema');
      // QEMU sends the answer first and logs it then.
      await until(async () => (await sizeOf('log')) > limit || (await sizeOf(part)) > 0);
      await until(async () => (await sizeOf(part)) > 0 && (await sizeOf('log')) === 0);
    }
    await qmp.execute('query-status');
    expect(await readFile(join(directory, 'console.log'), 'utf8')).toMatch(/^\{.*"running": false/);
    const kept = await consoleLines({ files }, directory, Number.MAX_SAFE_INTEGER);
    expect(kept[0]).toContain('"QMP"');
    expect(kept.filter((line) => line.includes('left out')).length).toBe(1);
    expect(kept.at(-1)).toContain('"running": false');
    expect(await sizeOf('first.log')).toBe(limit / 8);
    await qmp.execute('quit').catch(() => undefined);
    await until(async () => !(await runner.isAlive(child)) && !(await runner.isAlive(guardian)));
    expect(await programsNaming(directory)).toEqual([]);
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
    // The last thing that its guardian writes; the directory goes with the test.
    await until(() => files.exists(join(directory, 'r1.exit')));
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
