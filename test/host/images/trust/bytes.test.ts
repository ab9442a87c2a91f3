import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, readFile, rename, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../../../src/core/errors/codes.ts';
import { diskBytes } from '../../../support/vendor-image.ts';
import { bsd, changed, current, disk, gnu, openVendor, send, sha256, signedAdd, User, type Vendor } from './vendor.ts';

let vendor: Vendor;
let user: User;
beforeEach(async () => {
  [vendor, user] = await Promise.all([openVendor(), User.make()]);
  await user.trust(vendor.key);
});
afterEach(() => user.dispose());

/** Signed sizes: the list is written as BSD with comments. */
const add = () => signedAdd(vendor, '--checksums-format', 'bsd');
const publishSized = () => vendor.publish(bsd([current, vendor.image]));

describe('bytes that are not those of the list [R-28]', () => {
  beforeEach(publishSized);

  it('case 15: cut short without a length, or with bytes behind its end', async () => {
    vendor.answer(current, (_, response) => {
      response.writeHead(200, { connection: 'close' });
      response.end(vendor.image.subarray(0, 1000));
    });
    await user.refused('image.size-mismatch', add());
    vendor.put(current, Buffer.concat([vendor.image, Buffer.from('more')]));
    await user.refused('image.size-mismatch', add());
  });
  it('case 16: one byte flipped, the size right', async () => {
    const bytes = Buffer.from(vendor.image);
    bytes[bytes.length - 1] = 1;
    vendor.put(current, bytes);
    await user.refused('image.digest-mismatch', add());
  });
  it.each<[string, (url: string) => string]>([
    ['another host', (url) => `${url.replace('127.0.0.1', 'localhost')}/${current}`],
    ['http', (url) => `${url.replace('https', 'http')}/${current}`],
    ['a user name in front', (url) => `${url.replace('https://', 'https://127.0.0.1@')}/${current}`],
    ['a host that only looks like it', () => `https://127.0.0.\u0661/${current}`],
    ['itself, for ever', (url) => `${url}/${current}`],
  ])('case 17: a redirect to %s', async (_, target) => {
    vendor.answer(current, (__, response) => {
      response.writeHead(302, { location: encodeURI(target(vendor.url)) }).end();
    });
    await user.refused('image.redirect-refused', add());
    vendor.answer('CHECKSUM', (__, response) => {
      response.writeHead(302, { location: encodeURI(target(vendor.url)) }).end();
    });
    await user.refused('image.redirect-refused', add());
  });
  it('case 18: a file that changes between two parts of a download is never mixed', async () => {
    const other = disk('another one');
    let asked = 0;
    vendor.answer(current, (request, response) => {
      asked += 1;
      if (asked === 1) {
        response.writeHead(200, {
          etag: '"a"',
          'content-length': String(vendor.image.length),
          'accept-ranges': 'bytes',
        });
        response.write(vendor.image.subarray(0, 100_000), () => response.destroy());
      } else if (request.headers['if-range'] === '"a"' || request.headers.range === undefined)
        send(response, other, { etag: '"b"' });
      else response.writeHead(416).end();
    });
    await user.refused('image.digest-mismatch', add());
    expect(asked).toBeGreaterThan(1);
  });
  it('case 19: a body without end, and a content encoding', async () => {
    vendor.answer(current, (_, response) => {
      response.writeHead(200);
      const more = (): void => {
        while (response.write(vendor.image)) if (response.destroyed) return;
      };
      response.on('drain', more);
      more();
    });
    await user.refused('image.size-mismatch', add());
    vendor.answer(current, (_, response) => send(response, gzipSync(vendor.image), { 'content-encoding': 'gzip' }));
    await user.refused('image.encoding-refused', add());
  });
  it('case 29: no other file of the server is taken instead', async () => {
    vendor.put('box-latest.x86_64.qcow2', vendor.image);
    vendor.put(current, disk('wrong'));
    await user.refused('image.digest-mismatch', add());
    expect(vendor.requests.filter((path) => path.includes('latest'))).toEqual([]);
  });
});

describe('images that are more than a disk', () => {
  const withDisk = async (bytes: Uint8Array, name = current): Promise<string[]> => {
    vendor.put(name, bytes);
    await vendor.publish(gnu([name, bytes]));
    return signedAdd(vendor).map((word) => word.replace(current, name));
  };

  it('case 19: a packed disk that never ends when it is unpacked', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
    const name = `${current}.gz`;
    const args = changed(await withDisk(bomb, name), '--name-pattern', '(?<version>box).*\\.gz');
    await user.refused('image.unsafe-base', args);
  });
  it('case 24: a backing file, an external data file, a VMDK extent, a raw file with the magic of qcow2', async () => {
    const backing = join(user.directory, 'base.qcow2');
    execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', backing, '8M']);
    await user.refused('image.unsafe-base', await withDisk(await diskBytes(['-b', backing, '-F', 'qcow2'])));
    const data = join(user.directory, 'data.raw');
    await user.refused('image.unsafe-base', await withDisk(await diskBytes(['-o', `data_file=${data}`])));
    await user.refused(
      'image.unsafe-base',
      await withDisk(Buffer.from('# Disk DescriptorFile\nRW 1 FLAT "/etc/passwd" 0\n')),
    );
    await user.refused(
      'image.unsafe-base',
      await withDisk(Buffer.concat([Buffer.from('QFI\xfb', 'latin1'), Buffer.alloc(512)])),
    );
  });
});

describe('the cache', () => {
  const path = () =>
    join(user.directory, 'cache/sysmonvm/images/by-digest', `sha256-${sha256(vendor.image)}`, 'disk.qcow2');
  beforeEach(() => user.ok(signedAdd(vendor)));

  const refusedAndGone = async (code: ErrorCode): Promise<void> => {
    const outcome = await user.run(['image', 'verify', 'box']);
    expect([outcome.code, JSON.parse(outcome.stderr)]).toMatchObject([5, { error: { code } }]);
    expect(existsSync(path())).toBe(false);
    expect(await user.ok(['image', 'list', '--cached'])).toMatchObject({ images: [] });
  };

  it('case 22: changed afterwards, with size and time as before', async () => {
    const before = await stat(path());
    const bytes = await readFile(path());
    bytes[bytes.length - 1] = 7;
    await chmod(path(), 0o644);
    await writeFile(path(), bytes);
    await utimes(path(), before.atime, before.mtime);
    await refusedAndGone('image.digest-mismatch');
  });
  it('case 23: a symbolic link in the place of the image', async () => {
    const elsewhere = join(user.directory, 'elsewhere.qcow2');
    await rename(path(), elsewhere);
    await symlink(elsewhere, path());
    await refusedAndGone('image.unsafe-base');
  });
  it('case 23: two who pull at the same time share one download', async () => {
    await user.ok(['image', 'prune']);
    expect((await user.state()).cached).toEqual([]);
    vendor.answer(current, (_, response) => void setTimeout(() => send(response, vendor.image), 1_500));
    const before = vendor.requests.length;
    await Promise.all([user.ok(['image', 'pull', 'box']), user.ok(['image', 'pull', 'box'])]);
    expect(vendor.requests.slice(before).filter((asked) => asked === `/${current}`)).toHaveLength(1);
  });
  it('goes to a machine without network, and is checked there again', async () => {
    const carried = join(user.directory, 'stick');
    await user.ok(['image', 'export', 'box', carried]);
    await user.ok(['image', 'prune']);
    await user.refused('image.offline', ['image', 'pull', 'box', '--offline']);
    const asked = vendor.requests.length;
    expect(await user.ok(['image', 'import', carried, '--offline'])).toMatchObject({ image: { source: 'imported' } });
    const { images } = await user.ok<{ images: object[] }>(['image', 'verify', '--offline']);
    expect(images).toMatchObject([{ id: 'box', bytes: 'right', signature: 'good' }]);
    expect(vendor.requests.length).toBe(asked);
  });
});
