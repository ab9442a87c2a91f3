import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { temporaryDirectory } from './temporary-directory.ts';

export interface ImageServer {
  readonly url: string;
  /** Paths asked for, in order. */
  readonly requests: string[];
}

const servers: Server[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
});

/** Plain HTTP, which is never to be used. */
export function serve(listener: RequestListener): Promise<ImageServer> {
  return listening(createServer(), 'http', listener);
}

/** A real server on the loopback address that answers as the test says. */
export function serveTls(certificate: Certificate, listener: RequestListener): Promise<ImageServer> {
  return listening(createTlsServer(certificate) as unknown as Server, 'https', listener);
}

async function listening(server: Server, scheme: string, listener: RequestListener): Promise<ImageServer> {
  const requests: string[] = [];
  server.on('request', (request, response) => {
    requests.push(request.url ?? '');
    listener(request, response);
  });
  server.listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return { url: `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** For NODE_EXTRA_CA_CERTS of a child process. */
export async function certificateFile({ cert }: Certificate): Promise<string> {
  const path = join(await temporaryDirectory(), 'ca.pem');
  await writeFile(path, cert);
  return path;
}

/** Signed by itself, for 127.0.0.1 and localhost: two hosts on one machine. */
export function makeCertificate(): Certificate {
  const directory = mkdtempSync(join(tmpdir(), 'sm-cert-'));
  const [key, cert] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
      ...[
        '-keyout',
        key,
        '-out',
        cert,
        '-subj',
        '/CN=127.0.0.1',
        '-addext',
        'subjectAltName=IP:127.0.0.1,DNS:localhost',
      ],
    ],
    { stdio: 'ignore' },
  );
  const made = { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  rmSync(directory, { recursive: true });
  return made;
}
