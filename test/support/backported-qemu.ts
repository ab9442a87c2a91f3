import { execFileSync } from 'node:child_process';
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { debianRelease, type PrivateApt, unpackedDebian } from './unpacked-debian.ts';

const wanted = /^(qemu-system-(x86|common|data)|seabios|lib.*)$/;

/** The QEMU of the distribution's backports, unpacked beside the installed one; where it cannot be had, the reason. */
export function backportedQemu(): { readonly path: string } | { readonly why: string } {
  try {
    const suite = `${debianRelease()}-backports`;
    const root = unpackedDebian({ folder: 'qemu-backport', suite, packages: (apt) => newer(apt, suite) });
    return { path: startScript(root) };
  } catch (error) {
    const words = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    return { why: `the backport of QEMU cannot be had here: ${words}` };
  }
}

function newer(apt: PrivateApt, suite: string): readonly string[] {
  const uris = apt(['install', '-y', '-qq', '--print-uris', '-t', suite, 'qemu-system-x86']);
  const packages = [...uris.matchAll(/^'[^']*' ([a-z0-9][a-z0-9+.-]*)_([^_\s]+)_[a-z0-9]+\.deb /gm)]
    .filter(([, name]) => wanted.test(name ?? ''))
    .map(([, name, version]) => `${name}=${decodeURIComponent(version ?? '')}`);
  if (!packages.some((one) => one.startsWith('qemu-system-x86='))) throw new Error('the installed QEMU is as new');
  return packages;
}

/** It finds its own libraries and firmware by this. */
function startScript(root: string): string {
  const path = join(root, 'qemu-system-x86_64');
  if (existsSync(path)) return path;
  const libraries = `LD_LIBRARY_PATH=${root}/usr/lib/x86_64-linux-gnu`;
  const own = `${root}/usr/bin/qemu-system-x86_64 -L ${root}/usr/share/qemu -L ${root}/usr/share/seabios`;
  writeFileSync(`${path}.new`, `#!/bin/sh\n${libraries} exec ${own} "$@"\n`, { mode: 0o755 });
  execFileSync(`${path}.new`, ['--version']);
  renameSync(`${path}.new`, path);
  return path;
}
