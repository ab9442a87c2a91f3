import { createReadStream, createWriteStream } from 'node:fs';
import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { fail } from '../../core/errors/sysmonvm-error.ts';

const block = 512;

/**
 * A tar.gz (ustar) of a folder which depends on the content only: names sorted, owner root, times given, directories
 * 0755, files 0755 or 0644. Every host's tar reads it, and none is needed to write it.
 */
export async function reproducibleArchive(directory: string, to: string, epochSeconds: number): Promise<void> {
  const gzip = createGzip({ level: 9 });
  await pipeline(Readable.from(members(directory, epochSeconds)), gzip, createWriteStream(to));
  const file = await open(to, 'r+');
  try {
    await forgetSystem(file);
  } finally {
    await file.close();
  }
}

/** Byte 9 of gzip names the operating system that packed; 255 is none. */
const forgetSystem = (file: FileHandle) => file.write(Buffer.from([255]), 0, 1, 9);

async function* members(directory: string, epochSeconds: number): AsyncIterable<Buffer> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const names = entries.map((entry) => ({
    name: join(entry.parentPath, entry.name).slice(directory.length + 1),
    isDirectory: entry.isDirectory(),
  }));
  for (const { name, isDirectory } of names.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (isDirectory) {
      yield header({ name: `${name}/`, mode: 0o755, size: 0, type: '5', epochSeconds });
      continue;
    }
    const { size, mode } = await stat(join(directory, name));
    yield header({ name, mode: (mode & 0o100) === 0 ? 0o644 : 0o755, size, type: '0', epochSeconds });
    for await (const part of createReadStream(join(directory, name))) yield part as Buffer;
    yield Buffer.alloc((block - (size % block)) % block);
  }
  yield Buffer.alloc(2 * block);
}

interface Member {
  readonly name: string;
  readonly mode: number;
  readonly size: number;
  readonly type: '0' | '5';
  readonly epochSeconds: number;
}

/** https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html, "ustar Interchange Format" */
function header({ name, mode, size, type, epochSeconds }: Member): Buffer {
  if (Buffer.byteLength(name) > 100) fail('host.unsupported', `${name} is too long for the package`);
  const bytes = Buffer.alloc(block);
  const octal = (value: number, at: number, digits: number) =>
    bytes.write(`${value.toString(8).padStart(digits, '0')}\0`, at, 'latin1');
  bytes.write(name, 0);
  octal(mode, 100, 7);
  octal(0, 108, 7);
  octal(0, 116, 7);
  octal(size, 124, 11);
  octal(epochSeconds, 136, 11);
  bytes.write(' '.repeat(8), 148, 'latin1');
  bytes.write(type, 156, 'latin1');
  bytes.write('ustar\0', 257, 'latin1');
  bytes.write('00', 263, 'latin1');
  bytes.write('root', 265, 'latin1');
  bytes.write('root', 297, 'latin1');
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return bytes;
}
