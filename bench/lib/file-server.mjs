// file-server.mjs FILE KEY CERTIFICATE: serves one file over https and prints its address.
import { createReadStream, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:https';

const [file = '', key = '', cert = ''] = process.argv.slice(2);
const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_, response) => {
  response.writeHead(200, { 'content-length': statSync(file).size, etag: '"1"' });
  createReadStream(file, { highWaterMark: 1024 * 1024 }).pipe(response);
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`https://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/image.qcow2\n`);
});
