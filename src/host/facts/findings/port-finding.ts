import { createServer } from 'node:net';
import type { Finding } from '../../../core/engine.ts';
import { ok, warning } from './finding-text.ts';

/** The port that a VM's SSH prefers. Taken is no fault: a VM of ours may have it, and the next one gets another. */
export async function portFinding(port = 2222): Promise<Finding> {
  const id = `port.${port}`;
  const code = await refusal(port);
  if (code === undefined) return ok(id, `port ${port} on 127.0.0.1 is free`);
  if (code === 'EADDRINUSE')
    return {
      ...ok(id, `port ${port} on 127.0.0.1 is in use; new VMs get another one`),
      remedy: `sysmonvm vm-list   # shows whether a VM has it; otherwise: lsof -nP -iTCP:${port} -sTCP:LISTEN`,
    };
  return warning(
    id,
    `port ${port} on 127.0.0.1 cannot be opened (${code}); VMs need a port there`,
    'ip address show lo',
  );
}

async function refusal(port: number): Promise<string | undefined> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}
