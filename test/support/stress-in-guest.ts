import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Workbench } from './workbench.ts';

/** In the guest; what follows are arguments of stress-ng. */
export const stress = '/tmp/stress/ld.so --library-path /tmp/stress /tmp/stress/stress-ng --quiet';

/**
 * Copies this host's stress-ng with its libraries into a guest of the same architecture: to install it there by its
 * package takes an emulated guest a minute, most of it for reading lists of packages.
 */
export async function copyStress(bench: Workbench, vm: string): Promise<void> {
  const folder = join(bench.root, 'stress');
  mkdirSync(folder, { recursive: true });
  const program = execFileSync('sh', ['-c', 'command -v stress-ng'], { encoding: 'utf8' }).trim();
  const libraries = execFileSync('ldd', [program], { encoding: 'utf8' }).matchAll(/(?:=>\s+)?(\/\S+) \(0x/g);
  for (const [, path = ''] of libraries)
    copyFileSync(path, join(folder, /\/ld-linux/.test(path) ? 'ld.so' : basename(path)));
  copyFileSync(program, join(folder, 'stress-ng'));
  await bench.ok(['vm-copy', folder, `${vm}:/tmp/stress`]);
}
