import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { requireForeignPrograms } from '../../../../src/host/images/local/foreign-programs.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';

const refusal = async (tools: readonly string[], binfmtDirectory: string) =>
  requireForeignPrograms('aarch64', {
    binfmtDirectory,
    canRun: async () => false,
    hasTool: async (tool) => tools.includes(tool),
  }).catch((error: unknown) => error);

describe('a host that cannot run the programs of the image', () => {
  it('is told how binfmt_misc is mounted and the interpreter is made known', async () => {
    const place = join(await temporaryDirectory(), 'not-mounted');
    expect(await refusal(['update-binfmts'], place)).toMatchObject({
      code: 'image.build-tools-missing',
      message: 'the kernel of this host does not run arm64 programs: binfmt_misc is not mounted',
      next: [`sudo mount -t binfmt_misc binfmt_misc ${place}`, 'sudo update-binfmts --enable qemu-aarch64'],
    });
  });

  it('is told what is missing where binfmt_misc is mounted', async () => {
    const place = join(await temporaryDirectory(), 'mounted');
    await mkdir(place);
    await writeFile(join(place, 'status'), 'enabled\n');
    expect(await refusal([], place)).toMatchObject({
      message: 'the kernel of this host does not run arm64 programs: binfmt_misc has no entry for qemu-aarch64',
      next: ['sudo systemctl restart systemd-binfmt'],
    });
  });

  it('is not asked for anything when it can', async () => {
    await requireForeignPrograms('x86_64', {
      binfmtDirectory: '/nowhere',
      canRun: async (arch) => arch === 'amd64',
      hasTool: async () => false,
    });
  });
});
