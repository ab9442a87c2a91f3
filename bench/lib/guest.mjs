import { spawn } from 'node:child_process';
import { connect } from 'node:net';

const pauseMs = 50;
const shortMs = 400;
const restoredMs = 250;
const patientMs = 10_000;
/** Hanging tries after which the short ones get longer: then it may be the guest that is slow to greet. */
const shortTries = 25;

/**
 * One connection. QEMU accepts before the guest listens, so only the banner counts.
 * @param {number} port @param {number} timeoutMs
 * @returns {Promise<'banner' | 'closed' | 'silent'>}
 */
function tryBanner(port, timeoutMs) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const finish = (/** @type {'banner' | 'closed' | 'silent'} */ answer) => {
      socket.destroy();
      resolve(answer);
    };
    const timer = setTimeout(() => finish('silent'), timeoutMs);
    socket.once('data', (data) => finish(data.toString('latin1').startsWith('SSH-') ? 'banner' : 'closed'));
    socket.once('error', () => finish('closed'));
    socket.once('close', () => {
      clearTimeout(timer);
      finish('closed');
    });
  });
}

/**
 * Seconds from `startedAt` (performance.now) to the banner, with as little load on the guest as can be: one connection
 * at a time. While the guest has no network, QEMU accepts and nothing comes: short tries. Once its kernel refuses (the
 * connection is closed at once), the next one that stays open was taken by the SSH server: then patience costs
 * nothing, while giving up would make a slow guest start over.
 * `restored`: the server ran when the guest was frozen, so nothing but a lost packet can keep it from answering: tries are
 * short at first, and grow at once.
 * @param {{ port: number, startedAt: number, deadlineSeconds: number, alive: () => boolean, restored?: boolean }} wanted
 */
export async function secondsToBanner({ port, startedAt, deadlineSeconds, alive, restored = false }) {
  let silent = 0;
  let networkIsUp = false;
  for (;;) {
    const growing = restored ? restoredMs * 1.5 ** silent : shortMs * 1.25 ** Math.max(0, silent - shortTries);
    const answer = await tryBanner(port, networkIsUp ? patientMs : Math.min(growing, patientMs));
    if (answer === 'banner') return (performance.now() - startedAt) / 1000;
    if (!alive()) throw new Error('the process ended before the guest showed its SSH banner');
    if (performance.now() - startedAt > deadlineSeconds * 1000)
      throw new Error(`no SSH banner within ${deadlineSeconds} s`);
    if (answer === 'silent') silent++;
    // Before QEMU listens it is the host that refuses.
    else if (silent > 0) networkIsUp = true;
    await new Promise((resolve) => setTimeout(resolve, restored ? 5 : pauseMs));
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
