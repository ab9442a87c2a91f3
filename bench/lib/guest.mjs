import { spawn } from 'node:child_process';
import { connect } from 'node:net';

const tryMs = 2_000;
const everyMs = 200;
/** A small SSH server refuses more from one address that have not logged in. */
const openAtMost = 5;

/** True when the SSH banner came. QEMU accepts before the guest listens, so only the banner counts. @param {number} port @param {AbortSignal} signal */
function bannerOnce(port, signal) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const finish = (/** @type {boolean} */ seen) => {
      signal.removeEventListener('abort', onAbort);
      socket.destroy();
      resolve(seen);
    };
    const onAbort = () => finish(false);
    signal.addEventListener('abort', onAbort);
    socket.setTimeout(tryMs, () => finish(false));
    socket.once('data', (data) => finish(data.toString('latin1').startsWith('SSH-')));
    socket.once('error', () => finish(false));
    socket.once('close', () => finish(false));
  });
}

/**
 * Seconds from `startedAt` (performance.now) to the banner. Tries overlap: a patient one alone loses seconds to a first
 * packet that the guest's network swallowed, short ones alone never see the banner of a guest that is slow to greet.
 * @param {{ port: number, startedAt: number, deadlineSeconds: number, alive: () => boolean }} wanted
 */
export async function secondsToBanner({ port, startedAt, deadlineSeconds, alive }) {
  const found = new AbortController();
  let open = 0;
  /** @type {number | undefined} */
  let at;
  let wake = () => {};
  const attempt = async () => {
    open++;
    if (await bannerOnce(port, found.signal)) {
      at ??= performance.now();
      found.abort();
      wake();
    }
    open--;
  };
  try {
    while (at === undefined) {
      if (!alive()) throw new Error('the process ended before the guest showed its SSH banner');
      if (performance.now() - startedAt > deadlineSeconds * 1000)
        throw new Error(`no SSH banner within ${deadlineSeconds} s`);
      if (open < openAtMost) void attempt();
      await new Promise((resolve) => {
        wake = () => resolve(undefined);
        setTimeout(wake, everyMs);
      });
    }
    return (at - startedAt) / 1000;
  } finally {
    found.abort();
  }
}

/**
 * Runs a command in the guest with the system ssh, again until the login works (exit 255 is ssh's own).
 * @param {{ port: number, user: string, key: string, command: string, deadlineSeconds: number }} wanted
 */
export async function overSsh({ port, user, key, command, deadlineSeconds }) {
  const end = performance.now() + deadlineSeconds * 1000;
  // The guests of a bench are made for it and thrown away; nothing is sent to them that matters.
  const options = [
    'StrictHostKeyChecking=no',
    'UserKnownHostsFile=/dev/null',
    'IdentitiesOnly=yes',
    'BatchMode=yes',
    'LogLevel=ERROR',
    'ConnectTimeout=30',
    'KexAlgorithms=curve25519-sha256',
  ].flatMap((option) => ['-o', option]);
  for (;;) {
    const child = spawn(
      'ssh',
      ['-F', 'none', '-p', String(port), '-i', key, ...options, `${user}@127.0.0.1`, command],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (text) => {
      stdout += String(text);
    });
    child.stderr.on('data', (text) => {
      stderr += String(text);
    });
    const code = await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    if (code === 0) return stdout;
    if (code !== 255 || performance.now() > end) throw new Error(`ssh … ${command} ended with ${code}: ${stderr}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
