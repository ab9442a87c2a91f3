import { execFileSync } from 'node:child_process';
import { createHash, randomFillSync } from 'node:crypto';
import { closeSync, openSync, readSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { program } from './sandbox.mjs';

const mib = 1024 ** 2;
const run = (/** @type {string} */ command, /** @type {readonly string[]} */ args) =>
  execFileSync(command, args, { stdio: ['ignore', 'pipe', 'ignore'], encoding: 'utf8' });

/** A qcow2 image of this size that no packing makes smaller. @param {string} path @param {number} sizeMib */
export function makeImage(path, sizeMib) {
  run('qemu-img', ['create', '-q', '-f', 'qcow2', path, `${sizeMib}M`]);
  const block = Buffer.alloc(mib);
  const file = openSync(path, 'r+');
  const hash = createHash('sha256');
  try {
    const start = statSync(path).size;
    for (let at = start; at < sizeMib * mib; at += block.length)
      writeSync(file, randomFillSync(block), 0, Math.min(block.length, sizeMib * mib - at), at);
    for (let at = 0; ; ) {
      const read = readSync(file, block, 0, block.length, at);
      if (read === 0) break;
      hash.update(block.subarray(0, read));
      at += read;
    }
  } finally {
    closeSync(file);
  }
  return { path, sizeBytes: statSync(path).size, digest: `sha256:${hash.digest('hex')}` };
}

/**
 * An https server of its own process on the loopback address, with a throw-away certificate.
 * @param {import('./sandbox.mjs').Sandbox} sandbox @param {string} file
 * @returns {Promise<{ url: string, authority: string }>}
 */
export async function serveFile(sandbox, file) {
  const [key, authority] = [join(sandbox.root, 'key.pem'), join(sandbox.root, 'cert.pem')];
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const elliptic = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  run('openssl', ['req', '-x509', ...elliptic, '-keyout', key, '-out', authority, ...subject]);
  const script = fileURLToPath(new URL('./file-server.mjs', import.meta.url));
  const child = sandbox.spawn(process.execPath, [script, file, key, authority], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.stdout?.once('data', (text) => resolve(String(text).trim()));
  });
  return { url, authority };
}

/**
 * The environment of one bench: a cache of its own, and a workspace whose lock file names one image more.
 * @param {import('./sandbox.mjs').Sandbox} sandbox
 * @param {{ id: string, url: string, authority: string, digest: string, sizeBytes: number }} image
 */
export function prepareCache(sandbox, { id, url, authority, digest, sizeBytes }) {
  const cache = join(sandbox.root, 'cache');
  const env = { ...sandbox.env, XDG_CACHE_HOME: cache, NODE_EXTRA_CA_CERTS: authority };
  execFileSync(process.execPath, [program, 'image', 'list', '--json'], { env, stdio: 'ignore' });
  const entry = {
    ...{ id, arch: 'x86_64', name: 'Image of a bench', family: 'el', defaultUser: 'bench', minimumMemoryMib: 512 },
    ...{
      kind: 'vendor',
      distro: 'custom',
      release: '1',
      version: '1',
      build: '1',
      vendorArch: 'x86_64',
      variant: 'bench',
    },
    ...{ format: 'qcow2', compression: 'none', fileName: 'image.qcow2', size: sizeBytes, virtualSize: null, digest },
    ...{ urls: [url], redirectHosts: [] },
    provenance: { level: 'pinned', method: 'none', verifiedAt: null, verifiedWith: null },
  };
  execFileSync('mkdir', ['-p', sandbox.workspace]);
  writeFileSync(
    join(sandbox.workspace, 'images.lock.json'),
    `${JSON.stringify({ lockfileVersion: 1, keys: {}, images: [entry] }, null, 2)}\n`,
  );
  return { env, cache, arguments: [id, '--arch', 'x86_64'] };
}
