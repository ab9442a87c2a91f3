import { generateKeyPair as generate, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { fail } from '../../core/errors/sysmonvm-error.ts';

export interface KeyPair {
  /** PEM-like text as `ssh-keygen` writes it, without passphrase. */
  readonly privateKeyOpenSsh: string;
  /** `ssh-ed25519 AAAA… comment` */
  readonly publicKey: string;
}

const keyType = 'ssh-ed25519';
const generateNodeKeyPair = promisify(generate);

/** A new ed25519 key pair; only its encoding is ours, the numbers come from node:crypto. */
export async function generateKeyPair(comment: string): Promise<KeyPair> {
  if (/[\r\n\0]/.test(comment)) fail('usage.invalid-argument', 'The comment of a key is one line.');
  const { privateKey } = await generateNodeKeyPair('ed25519');
  const jwk = privateKey.export({ format: 'jwk' });
  const publicBytes = Buffer.from(jwk.x ?? '', 'base64url');
  const seed = Buffer.from(jwk.d ?? '', 'base64url');
  const publicBlob = Buffer.concat([text(keyType), block(publicBytes)]);
  return {
    privateKeyOpenSsh: privateKeyText(publicBlob, seed, publicBytes, comment),
    publicKey: `${keyType} ${publicBlob.toString('base64')}${comment === '' ? '' : ` ${comment}`}`,
  };
}

/** Writes PATH with mode 0600 and PATH.pub. Refuses to replace a key. */
export async function writeKeyPair(privateKeyPath: string, pair: KeyPair): Promise<void> {
  await writeFile(privateKeyPath, pair.privateKeyOpenSsh, { mode: 0o600, flag: 'wx' });
  await writeFile(`${privateKeyPath}.pub`, `${pair.publicKey}\n`, { mode: 0o644, flag: 'wx' });
}

/** openssh-key-v1: https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.key */
function privateKeyText(publicBlob: Buffer, seed: Buffer, publicBytes: Buffer, comment: string): string {
  const check = randomBytes(4);
  const secret = Buffer.concat([
    check,
    check,
    text(keyType),
    block(publicBytes),
    block(Buffer.concat([seed, publicBytes])),
    text(comment),
  ]);
  const padding = Buffer.from(Array.from({ length: (8 - (secret.length % 8)) % 8 }, (_, index) => index + 1));
  const body = Buffer.concat([
    Buffer.from('openssh-key-v1\0', 'latin1'),
    text('none'),
    text('none'),
    block(Buffer.alloc(0)),
    number(1),
    block(publicBlob),
    block(Buffer.concat([secret, padding])),
  ]);
  const lines = body.toString('base64').match(/.{1,70}/g) ?? [];
  return ['-----BEGIN OPENSSH PRIVATE KEY-----', ...lines, '-----END OPENSSH PRIVATE KEY-----', ''].join('\n');
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function block(bytes: Buffer): Buffer {
  return Buffer.concat([number(bytes.length), bytes]);
}

function text(value: string): Buffer {
  return block(Buffer.from(value, 'utf8'));
}
