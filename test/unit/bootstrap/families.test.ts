import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Family, familyOf, systemName } from '../../../src/core/bootstrap/family.ts';
import { projectRoot } from '../project/source-tree.ts';

const folder = join(projectRoot, 'test/fixtures/os-release');
const lock = JSON.parse(readFileSync(join(projectRoot, 'images.lock.json'), 'utf8')) as { images: { id: string }[] };
const read = (id: string) => readFileSync(join(folder, id), 'utf8');

const expected: Readonly<Record<string, Family | undefined>> = {
  'almalinux-8': 'el',
  'almalinux-9': 'el',
  'almalinux-10': 'el',
  'rocky-8': 'el',
  'rocky-9': 'el',
  'rocky-10': 'el',
  'centos-stream-9': 'el',
  'centos-stream-10': 'el',
  'fedora-43': 'el',
  'fedora-44': 'el',
  'debian-12': 'debian',
  'debian-12-genericcloud': 'debian',
  'debian-13-genericcloud': 'debian',
  'ubuntu-22.04': 'debian',
  'ubuntu-24.04': 'debian',
  'ubuntu-26.04': 'debian',
  // It says that it is like Debian; the bootstrap then finds no apt-get in it.
  tiny: 'debian',
  'opensuse-leap-16': undefined,
  'alpine-3.23': undefined,
};

describe('the family of a guest', () => {
  it('is told for every image of the lock file [R-47]', () => {
    expect([...new Set(lock.images.map(({ id }) => id))].sort()).toEqual(readdirSync(folder).sort());
    expect(Object.keys(expected).sort()).toEqual(readdirSync(folder).sort());
  });

  it.each(Object.entries(expected))('%s: %s', (id, family) => {
    expect(familyOf(read(id))).toBe(family);
  });

  it('comes from ID_LIKE where the ID is unknown, and from nothing else', () => {
    expect(familyOf('ID=new\nID_LIKE="something rhel"\n')).toBe('el');
    expect(familyOf('NAME="Debian"\nPRETTY_NAME="debian"\n')).toBeUndefined();
    expect(familyOf('')).toBeUndefined();
  });

  it('the name that people read is the pretty one, else the ID', () => {
    expect(systemName(read('almalinux-9'))).toBe('AlmaLinux 9.6 (Sage Margay)');
    expect(systemName('ID=bare\n')).toBe('bare');
    expect(systemName('')).toBe('a system without a name');
  });
});
