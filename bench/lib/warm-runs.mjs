import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { argumentsOf, timeOfTicks } from './processes.mjs';
import { ended, freePort, program } from './sandbox.mjs';

/** Epoch milliseconds, finer than Date.now(). */
const now = () => performance.timeOrigin + performance.now();

/**
 * What a VM recorded of its last start: when it was asked for, when its QEMU was spawned, and its marks.
 * @param {import('./sandbox.mjs').Sandbox} sandbox @param {string} name
 */
function recordOf(sandbox, name) {
  const vms = join(sandbox.workspace, 'vms');
  for (const id of readdirSync(vms)) {
    const read = (/** @type {string} */ file) => readFileSync(join(vms, id, file), 'utf8');
    try {
      const { name: found, createdAt } = JSON.parse(read('vm.json'));
      if (found !== name) continue;
      /** @type {{ type: string, timestamp: number, requestId: string, data?: any }[]} */
      const events = read('events.jsonl')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      const launched = events.findLast(({ type }) => type === 'launched');
      if (!launched) throw new Error(`${name} was never launched`);
      /** @type {Record<string, number>} */
      const marks = {};
      for (const { type, data } of events) if (type === 'marked') marks[data.mark.name] = data.mark.at;
      return {
        createdAt,
        events,
        marks,
        spawned: timeOfTicks(launched.data.process.startTime),
        directory: join(vms, id),
      };
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ENOENT') throw error;
    }
  }
  throw new Error(`there is no VM ${name}`);
}

/**
 * `run` with a command that answers at once and then sleeps, so that what is on record can be read before the VM goes.
 * @param {import('./sandbox.mjs').Sandbox} sandbox @param {string} name @param {readonly string[]} flags
 */
export async function timedRun(sandbox, name, flags) {
  const asked = now();
  const args = ['run', '--rm', '--name', name, ...flags, '--', 'sh', '-c', 'echo answered; sleep 1'];
  const child = sandbox.spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stderr = '';
  child.stderr?.on('data', (text) => {
    stderr += String(text);
  });
  const answered = await new Promise((resolve) => {
    child.stdout?.once('data', () => resolve(now()));
    child.once('close', () => resolve(undefined));
  });
  if (answered === undefined) throw new Error(`sysmonvm ${args.join(' ')}: ${stderr}`);
  const record = recordOf(sandbox, name);
  const code = await ended(child);
  if (code !== 0) throw new Error(`sysmonvm ${args.join(' ')} ended with ${code}: ${stderr}`);
  return { ...record, asked, answered, done: now() };
}

/** @param {import('./sandbox.mjs').Sandbox} sandbox @param {string} template @param {string} prefix */
export async function timedFork(sandbox, template, prefix) {
  const asked = now();
  sandbox.run(['fork', template, '--prefix', prefix]);
  return { ...recordOf(sandbox, `${prefix}-1`), asked, answered: now() };
}

/** A command that does next to nothing: what every command needs to start. @param {import('./sandbox.mjs').Sandbox} sandbox */
export function timedNothing(sandbox) {
  const asked = now();
  sandbox.run(['vm-list', '--json']);
  return (now() - asked) / 1000;
}

/**
 * What a fork is started with, for a QEMU that is started by hand.
 * @param {import('./sandbox.mjs').Sandbox} sandbox @param {string} template @param {string} key
 */
export async function handFork(sandbox, template, key) {
  sandbox.run(['fork', template, '--prefix', 'hand']);
  const { vm } = sandbox.json(['vm-status', 'hand-1']);
  const [qemu = '', ...args] = argumentsOf(vm.pid);
  sandbox.run(['vm-stop', 'hand-1', '--force']);
  const { template: shown } = sandbox.json(['template', 'show', template]);
  const port = await freePort();
  const vars = join(vm.directory, 'vars.qcow2');
  return {
    qemu,
    args: args.map((arg) => arg.replace(`127.0.0.1:${vm.ssh.port}-`, `127.0.0.1:${port}-`)),
    template: shown.directory,
    disk: join(vm.directory, 'disk.qcow2'),
    ...(existsSync(vars) ? { vars } : {}),
    port,
    key,
    user: vm.user,
    transport: shown.features.fileTransport ? 'file' : 'exec',
  };
}

/**
 * Everything but QEMU's restore and the guest's answers: what comes before the spawn (without the start of the command
 * itself), what the restore took longer than by hand, and what came after the last answer until the VM was ready.
 * @param {{ asked: number, spawned: number, marks: Record<string, number> }} fork
 * @param {{ running: number }} byHand @param {number} startUp
 */
export function ourShare({ asked, spawned, marks }, byHand, startUp) {
  const before = (spawned - asked) / 1000 - startUp;
  const restore = ((marks['state-loaded'] ?? Number.NaN) - spawned) / 1000 - byHand.running;
  const after =
    ((marks['ready'] ?? Number.NaN) - (marks['ssh-banner'] ?? marks['identity-renewed'] ?? Number.NaN)) / 1000;
  return { before, restore, after, all: before + restore + after };
}
