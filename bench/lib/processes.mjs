import { readFileSync } from 'node:fs';

const ticksPerSecond = 100;

/** @param {number} pid @returns {readonly string[]} the argument list as the kernel has it */
export function argumentsOf(pid) {
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1);
}

/** Fields of /proc/PID/stat after the command name, which may hold blanks: [0] is field 3. @param {number} pid */
function statOf(pid) {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}

/** Epoch milliseconds, in steps of 10. @param {string | number} ticks as in the start time of a process */
export function timeOfTicks(ticks) {
  const uptime = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]);
  return Date.now() - (uptime - Number(ticks) / ticksPerSecond) * 1000;
}

/** When the process was spawned, epoch milliseconds. @param {number} pid */
export const spawnedAt = (pid) => timeOfTicks(statOf(pid)[19] ?? '');

/** @param {number} pid */
export const parentOf = (pid) => Number(statOf(pid)[1]);

/** CPU seconds of a living process and of the children it has waited for, in steps of 10 ms. @param {number} pid */
export function cpuSecondsOf(pid) {
  return (
    statOf(pid)
      .slice(11, 15)
      .reduce((sum, ticks) => sum + Number(ticks), 0) / ticksPerSecond
  );
}

/**
 * Wraps a command so that the CPU time of it and of everything it waited for is told on file descriptor 3 (bash's
 * `times` asks getrusage for its children, to the millisecond).
 * @param {readonly string[]} command
 */
export const timed = (command) => ['bash', '-c', '"$@"; code=$?; times >&3; exit $code', 'timed', ...command];

/** Second line of `times`: user and system time of the children. @param {string} text */
export function cpuSecondsFromTimes(text) {
  const line = text.trim().split('\n')[1] ?? '';
  const parts = [...line.matchAll(/(\d+)m([\d.]+)s/g)];
  if (parts.length !== 2) throw new Error(`bash's times printed ${JSON.stringify(text)}`);
  return parts.reduce((sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds), 0);
}
