import { readFile } from 'node:fs/promises';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import { isDeadState, parseProcStat, parsePsStart } from '../../core/facts/proc-stat.ts';
import type { ProcessIdentity } from '../../core/ports/process-runner.ts';
import { once } from './once.ts';

type Read = (tool: string, args: readonly string[]) => Promise<string | undefined>;

export interface IdentityReader {
  /** undefined: no such process, or only a zombie of it. */
  identify(pid: number): Promise<ProcessIdentity | undefined>;
  bootId(): Promise<string>;
}

export function linuxIdentityReader(procRoot = '/proc'): IdentityReader {
  const bootId = once(async () => (await readFile(`${procRoot}/sys/kernel/random/boot_id`, 'utf8')).trim());
  return {
    bootId,
    async identify(pid) {
      if (!isPid(pid)) return undefined;
      const stat = parseProcStat(await readStat(`${procRoot}/${pid}/stat`));
      if (stat === undefined || isDeadState(stat.state)) return undefined;
      return { pid, startTime: stat.startTime, bootId: await bootId() };
    },
  };
}

/** `read` returns the standard output of a program, or undefined when it ended with an error. */
export function macIdentityReader(read: Read): IdentityReader {
  const bootId = once(async () => {
    const text = (await read('/usr/sbin/sysctl', ['-n', 'kern.bootsessionuuid']))?.trim();
    return text
      ? text
      : fail('host.tool-failed', 'sysctl kern.bootsessionuuid gave no answer: the boot cannot be told');
  });
  return {
    bootId,
    async identify(pid) {
      if (!isPid(pid)) return undefined;
      const found = parsePsStart((await read('/bin/ps', ['-o', 'state=,lstart=', '-p', String(pid)])) ?? '');
      if (found === undefined || isDeadState(found.state)) return undefined;
      return { pid, startTime: found.startTime, bootId: await bootId() };
    },
  };
}

export function sameProcess(a: ProcessIdentity, b: ProcessIdentity): boolean {
  return a.pid === b.pid && a.startTime === b.startTime && a.bootId === b.bootId;
}

async function readStat(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    // ESRCH: the process ended between open and read.
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ESRCH') return '';
    throw error;
  }
}

function isPid(pid: number): boolean {
  return Number.isInteger(pid) && pid > 0;
}
