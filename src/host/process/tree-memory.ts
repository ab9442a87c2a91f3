import { readFileSync } from 'node:fs';
import { proportionalBytes } from '../../core/facts/process-memory-text.ts';
import { programScriptName } from './program-script.ts';

/**
 * Memory of a process and all below it, each shared page counted once (its proportional share, added up); the shells of
 * ours do not count. undefined: nothing of it is there, or the kernel does not tell.
 */
export function treeMemoryBytes(pid: number, procRoot = '/proc'): number | undefined {
  const read = (path: string): string => {
    try {
      return readFileSync(`${procRoot}/${path}`, 'utf8');
    } catch {
      // It ended meanwhile, or it is not ours to read.
      return '';
    }
  };
  let total: number | undefined;
  const open = [pid];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    open.push(...read(`${next}/task/${next}/children`).split(' ').filter(Boolean).map(Number));
    if (read(`${next}/cmdline`).split('\0').includes(programScriptName)) continue;
    const bytes = proportionalBytes(read(`${next}/smaps_rollup`));
    if (bytes !== undefined) total = (total ?? 0) + bytes;
  }
  return total;
}
