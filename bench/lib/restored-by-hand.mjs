import { copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { overSsh, secondsToBanner } from './guest.mjs';
import { ended } from './sandbox.mjs';

const deadlineSeconds = 120;

/**
 * A fork as a person would make it by hand: QEMU with the argument list of a real fork, the state of the template,
 * `cont`. Nothing is renewed, so this guest keeps the keys and the clock of the template: it is the least that QEMU
 * and the guest need, whoever starts them.
 * @param {import('./sandbox.mjs').Sandbox} sandbox
 * @param {{ qemu: string, args: readonly string[], template: string, disk: string, vars?: string, port: number, key: string, user: string, transport: string }} fork
 * @param {'ssh' | 'agent'} way
 */
export async function restoreByHand(sandbox, fork, way) {
  const { qemu, args, template, port } = fork;
  copyFileSync(join(template, 'overlay.qcow2'), fork.disk);
  if (fork.vars && existsSync(join(template, 'vars.qcow2'))) copyFileSync(join(template, 'vars.qcow2'), fork.vars);
  const sockets = args.flatMap((arg) => /(?:^|,)path=([^,]+)/.exec(arg)?.[1] ?? []);
  const logs = args.flatMap((arg) => /(?:^|,)logfile=([^,]+)/.exec(arg)?.[1] ?? []);
  for (const path of [...sockets, ...logs]) {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    rmSync(path, { force: true });
  }
  const startedAt = performance.now();
  const since = () => (performance.now() - startedAt) / 1000;
  const child = sandbox.spawn(qemu, [...args], { cwd: '/' });
  const alive = () => child.exitCode === null && child.signalCode === null;
  /** @type {import('node:net').Socket[]} */
  const open = [];
  try {
    const socketOf = (/** @type {string} */ name) => sockets.find((path) => path.endsWith(`/${name}`)) ?? '';
    const qmp = await lines(socketOf('qmp'), alive, open);
    await qmp.next();
    const greeting = since();
    const ask = async (/** @type {string} */ execute, /** @type {object} */ given = {}) => {
      qmp.write({ execute, arguments: given });
      for (;;) {
        const answer = await qmp.next();
        if ('return' in answer) return answer.return;
        if ('error' in answer) throw new Error(`${execute}: ${answer.error.desc}`);
      }
    };
    await ask('qmp_capabilities');
    // Connected when the template was frozen: a change wakes those who read.
    const agent = await lines(socketOf('agent'), alive, open);
    await lines(socketOf('renewal'), alive, open);
    await ask('migrate-set-capabilities', { capabilities: [{ capability: 'x-ignore-shared', state: true }] });
    const state = join(template, 'state');
    await ask('migrate-incoming', { uri: fork.transport === 'file' ? `file:${state}` : `exec:cat '${state}'` });
    for (;;) {
      const { status } = await ask('query-migrate');
      if (status === 'completed') break;
      if (status === 'failed') throw new Error('the state was not loaded');
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await ask('cont');
    const running = since();
    if (way === 'agent') {
      const command = await byAgent(agent, since);
      return { greeting, running, command, again: (await byAgent(agent, since)) - command };
    }
    const banner = await secondsToBanner({ port, startedAt, deadlineSeconds, alive, restored: true });
    await overSsh({ port, user: fork.user, key: fork.key, command: 'true', deadlineSeconds });
    const command = since();
    // The same again: what the emulator has translated by now, it does not translate once more.
    await overSsh({ port, user: fork.user, key: fork.key, command: 'true', deadlineSeconds });
    return { greeting, running, banner, command, again: since() - command };
  } finally {
    for (const socket of open) socket.destroy();
    await ended(child, 'SIGKILL');
    for (const path of sockets) rmSync(path, { force: true });
  }
}

/** @param {Awaited<ReturnType<typeof lines>>} agent @param {() => number} since */
async function byAgent(agent, since) {
  const ask = async (/** @type {object} */ question) => {
    agent.write(question);
    const answer = await agent.next();
    if ('error' in answer) throw new Error(answer.error.desc);
    return answer.return;
  };
  const { pid } = await ask({ execute: 'guest-exec', arguments: { path: '/bin/true' } });
  while (!(await ask({ execute: 'guest-exec-status', arguments: { pid } })).exited);
  return since();
}

/**
 * JSON documents, one a line, over a unix socket that a starting QEMU makes.
 * @param {string} path @param {() => boolean} alive @param {import('node:net').Socket[]} open
 */
async function lines(path, alive, open) {
  let socket;
  while (socket === undefined) {
    if (!alive()) throw new Error('QEMU ended');
    socket = await new Promise((resolve) => {
      const tried = connect(path);
      tried.once('connect', () => resolve(tried));
      tried.once('error', () => setTimeout(() => resolve(undefined), 2));
    });
  }
  open.push(socket);
  /** @type {any[]} */
  const messages = [];
  /** @type {((message: any) => void)[]} */
  const waiting = [];
  let rest = '';
  socket.on('data', (/** @type {Buffer} */ text) => {
    const parts = (rest + text.toString()).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts.filter((line) => line.trim() !== '')) {
      const message = JSON.parse(part);
      const first = waiting.shift();
      if (first) first(message);
      else messages.push(message);
    }
  });
  return {
    write: (/** @type {object} */ message) => socket.write(`${JSON.stringify(message)}\n`),
    /** @returns {Promise<any>} */
    next: () =>
      messages.length > 0 ? Promise.resolve(messages.shift()) : new Promise((resolve) => waiting.push(resolve)),
  };
}
