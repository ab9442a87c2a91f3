import { readFileSync } from 'node:fs';
import { median } from './pairs.mjs';
import { timedFork } from './warm-runs.mjs';

const idleMs = 15_000;

/**
 * Forks one after another; each goes on running while the next ones are made.
 * @param {import('./sandbox.mjs').Sandbox} sandbox @param {string} template @param {number} count @param {(text: string) => void} note
 */
export async function forksInARow(sandbox, template, count, note) {
  const forks = [];
  for (let index = 0; index < count; index++) {
    note(`fork ${index + 1} of ${count}`);
    const { spawned, marks } = await timedFork(sandbox, template, `row${index}`);
    forks.push(((marks['ssh-banner'] ?? Number.NaN) - spawned) / 1000);
  }
  const part = Math.max(1, Math.floor(count / 3));
  // One fork alone is as good as its luck: the first and the last third are compared.
  return { forks, slowdown: median(forks.slice(-part)) / median(forks.slice(0, part)) };
}

/**
 * Memory of the VMs that run. Shared pages are counted once: the kernel's proportional sizes (Pss) add up to that.
 * @param {import('./sandbox.mjs').Sandbox} sandbox
 */
export async function memoryOfForks(sandbox) {
  await new Promise((resolve) => setTimeout(resolve, idleMs));
  /** @type {{ pid?: number, memory?: { residentBytes: number, privateBytes?: number } }[]} */
  const vms = sandbox.json(['vm-list']).vms;
  const running = vms.flatMap(({ pid, memory }) => (pid && memory ? [{ pid, ...memory }] : []));
  const proportional = running.map(({ pid }) => field(pid, 'Pss'));
  const sum = (/** @type {readonly number[]} */ values) => values.reduce((all, value) => all + value, 0);
  const resident = running.map((vm) => vm.residentBytes);
  return {
    count: running.length,
    resident: median(resident),
    private: median(running.map((vm) => vm.privateBytes ?? Number.NaN)),
    together: sum(proportional),
    apart: sum(resident),
  };
}

/** @param {number} pid @param {string} name */
function field(pid, name) {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1]) * 1024;
}
