import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { temporaryDirectory } from './temporary-directory.ts';

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];

/** An authority, a server pair for 127.0.0.1 and a client pair, made by openssl, under the names that cert_dir expects. */
export async function makeCertificates() {
  const folder = await temporaryDirectory('sm-tls-');
  const at = (name: string) => join(folder, name);
  const openssl = (...args: readonly string[]) => execFileSync('openssl', args, { stdio: ['ignore', 'pipe', 'pipe'] });
  openssl('req', '-x509', ...newKey, '-keyout', at('ca-key.pem'), '-out', at('ca.pem'), '-subj', '/CN=test authority');
  for (const name of ['server', 'client'])
    openssl(
      ...['req', '-x509', ...newKey, '-CA', at('ca.pem'), '-CAkey', at('ca-key.pem')],
      ...['-keyout', at(`${name}-key.pem`), '-out', at(`${name}.pem`), '-subj', `/CN=${name}`],
      ...['-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost', '-addext', 'basicConstraints=critical,CA:false'],
    );
  return { folder, at };
}
