import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { verifyBoot } from '../../../src/app/measure/verify-boot.ts';
import type { Engine } from '../../../src/core/engine.ts';
import { documentSchemas } from '../../../src/core/wire/documents.ts';
import { createMediaFiles } from '../../../src/host/measure/media-files.ts';
import { cli } from '../../support/run-cli.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const media: Engine['media'] = {
  boot: () => Promise.reject(new Error('nothing is booted here')),
  verify: (request) => verifyBoot({ mediaFiles: async () => createMediaFiles() }, request),
};

async function verify(text: string, ...flags: readonly string[]) {
  const log = join(await temporaryDirectory(), 'boot.log');
  await writeFile(log, text);
  return cli(['bench', 'verify-boot', log, ...flags, '--json'], { engine: { media } });
}

describe('bench verify-boot', () => {
  it.each([
    ['[    0.000000] Linux version 6.1\r\n\r\ndemo login: ', { table: 'linux', marker: 'login_prompt', line: 3 }],
    [
      'MINIX is open source software, see http://www.minix3.org\n',
      { table: 'minix', marker: 'scheduler_ready', line: 1 },
    ],
    ['\nU-Boot 2023.01\r\n=> ', { table: 'u-boot', marker: 'prompt', line: 3 }],
  ])('%j has come up: exit 0 [M-55]', async (text, found) => {
    const { code, stdout } = await verify(text);
    expect(code).toBe(0);
    const document = JSON.parse(stdout);
    expect(documentSchemas['boot-proof'].parse(document)).toMatchObject({ booted: true, found });
  });

  it.each(['SeaBIOS (version 1)\r\nBooting from Hard Disk...\r\n', 'the price is 5 $ and > 3\n', ''])(
    '%j has not: exit 1 [M-55]',
    async (text) => {
      const { code, stdout } = await verify(text);
      expect([code, JSON.parse(stdout).booted]).toEqual([1, false]);
    },
  );

  it('tells a panic, and looks only for what the table wants', async () => {
    const panicked = await verify('[    1.0] Kernel panic - not syncing: no init\n');
    expect([panicked.code, JSON.parse(panicked.stdout).failure]).toEqual([
      1,
      '[    1.0] Kernel panic - not syncing: no init',
    ]);
    expect((await verify('demo login: ', '--markers', 'sis')).code).toBe(1);
    expect((await verify('demo login: ', '--markers', 'linux')).code).toBe(0);
  });

  it('asks for a log that is there: exit 2 [M-55]', async () => {
    const { code, stderr } = await cli(['bench', 'verify-boot', '/nowhere/boot.log', '--json'], {
      engine: { media },
    });
    expect([code, JSON.parse(stderr).error.code]).toEqual([2, 'media.unreadable']);
    expect((await cli(['bench', 'verify-boot'], { engine: { media } })).code).toBe(2);
    expect((await verify('x', '--markers', 'nothing')).code).toBe(2);
  });
});
