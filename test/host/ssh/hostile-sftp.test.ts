import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Server as SshServer, utils } from 'ssh2';
import { afterEach, expect, it } from 'vitest';
import { createGuestShell } from '../../../src/host/ssh/guest-shell.ts';
import { generateKeyPair, writeKeyPair } from '../../../src/host/ssh/key-pair.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { within } from './real-server.ts';

const close: (() => void)[] = [];
afterEach(() => {
  for (const end of close.splice(0)) end();
});

const attributes = (mode: number) => ({ mode, uid: 0, gid: 0, size: 4, atime: 0, mtime: 0 });

/** A guest that lists what it likes: every path is a directory with these names, and every file says "evil". */
async function guestThatLists(names: readonly { filename: string; mode: number }[]) {
  const directory = await temporaryDirectory();
  const [host, user] = await Promise.all([generateKeyPair('host'), generateKeyPair('user')]);
  await writeKeyPair(join(directory, 'key'), user);
  const { STATUS_CODE } = utils.sftp;
  const server = new SshServer({ hostKeys: [host.privateKeyOpenSsh] }, (client) => {
    client.on('error', () => {});
    client.on('authentication', (context) => context.accept());
    client.on('session', (accept) =>
      accept().on('sftp', (acceptSftp) => {
        const sftp = acceptSftp();
        let listed = false;
        sftp.on('STAT', (id) => sftp.attrs(id, attributes(0o040755)));
        sftp.on('LSTAT', (id) => sftp.attrs(id, attributes(0o040755)));
        sftp.on('OPENDIR', (id) => {
          listed = false;
          sftp.handle(id, Buffer.from('d'));
        });
        sftp.on('READDIR', (id) => {
          if (listed) sftp.status(id, STATUS_CODE.EOF);
          else
            sftp.name(
              id,
              names.map(({ filename, mode }) => ({ filename, longname: filename, attrs: attributes(mode) })),
            );
          listed = true;
        });
        sftp.on('READLINK', (id) => sftp.name(id, [{ filename: '..', longname: '..', attrs: attributes(0o120777) }]));
        sftp.on('OPEN', (id) => sftp.handle(id, Buffer.from('f')));
        sftp.on('FSTAT', (id) => sftp.attrs(id, attributes(0o100644)));
        sftp.on('READ', (id, _handle, offset) =>
          offset === 0 ? sftp.data(id, Buffer.from('evil')) : sftp.status(id, STATUS_CODE.EOF),
        );
        sftp.on('CLOSE', (id) => sftp.status(id, STATUS_CODE.OK));
      }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  const guest = await createGuestShell().connect(
    {
      host: '127.0.0.1',
      port: address.port,
      user: 'x',
      privateKeyPath: join(directory, 'key'),
      hostPublicKey: host.publicKey,
      knownHostsPath: '/dev/null',
    },
    within(10_000),
  );
  close.push(
    () => guest.close(),
    () => server.close(),
  );
  return guest;
}

it.each([
  ['a path upwards', [{ filename: '../evil', mode: 0o100644 }], 'impossible name'],
  ['an absolute path', [{ filename: '/tmp/evil', mode: 0o100644 }], 'impossible name'],
  ['no name', [{ filename: '', mode: 0o100644 }], 'impossible name'],
  [
    'a link and a directory of one name',
    [
      { filename: 'a', mode: 0o120777 },
      { filename: 'a', mode: 0o040755 },
    ],
    'lists a name twice',
  ],
])('a download stays in its directory when the guest lists %s', async (_what, names, words) => {
  const base = await temporaryDirectory();
  await mkdir(join(base, 'to'));
  await writeFile(join(base, 'evil'), 'untouched');
  const guest = await guestThatLists(names);
  await expect(guest.download('/tree', join(base, 'to'), within(10_000))).rejects.toMatchObject({
    code: 'copy.failed',
    message: expect.stringContaining(words),
  });
  expect(await readdir(base)).toEqual(['evil', 'to']);
  expect(await readdir(join(base, 'to'))).toEqual([]);
});

it('an honest listing of the same guest is copied', async () => {
  const base = await temporaryDirectory();
  const guest = await guestThatLists([{ filename: 'file', mode: 0o100644 }]);
  await guest.download('/tree', join(base, 'new'), within(10_000));
  expect(await readdir(join(base, 'new'))).toEqual(['file']);
});
