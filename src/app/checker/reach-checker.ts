import type { CheckerSecurity } from '../../core/checker-install/guest-places.ts';
import { guestPlaces } from '../../core/checker-install/guest-places.ts';
import type { Call } from '../../core/engine.ts';
import type { CheckerClient } from '../../core/ports/checker-client.ts';
import type { Dependencies } from '../dependencies.ts';
import { addPort } from '../vm/forward-port.ts';
import { findVm } from '../vm/with-vm.ts';
import type { CheckedGuest } from './guest-installation.ts';
import { readCertificates } from './vm-certificates.ts';

export interface ReachedChecker {
  readonly client: CheckerClient;
  /** For people: where it is. */
  readonly address: string;
}

/** The way to the service: a forwarded port and the client's pair, or its own loopback through SSH. */
export async function withChecker<T>(
  deps: Dependencies,
  call: Call,
  guest: CheckedGuest,
  security: CheckerSecurity,
  work: (checker: ReachedChecker) => Promise<T>,
): Promise<T> {
  return security === 'none' ? bySsh(deps, guest, work) : byForwardedPort(deps, call, guest, security, work);
}

async function byForwardedPort<T>(
  deps: Dependencies,
  call: Call,
  guest: CheckedGuest,
  security: CheckerSecurity,
  work: (checker: ReachedChecker) => Promise<T>,
): Promise<T> {
  const { ledger } = await findVm(deps, guest.name);
  const known = ledger.running?.ports.find((port) => port.guest === guestPlaces.port);
  const lease = known ?? (await addPort(deps, call, guest.name, { guest: guestPlaces.port }));
  const address = `127.0.0.1:${lease.host}`;
  const pair = security === 'mtls' ? await readCertificates(deps, guest) : undefined;
  const tls = pair && { ca: pair.ca, ...pair.client };
  const client = (await deps.checkerTools()).openClient({ target: address, ...(tls ? { tls } : {}) });
  try {
    return await work({ client, address });
  } finally {
    client.close();
  }
}

async function bySsh<T>(
  deps: Dependencies,
  { kept, connection }: CheckedGuest,
  work: (checker: ReachedChecker) => Promise<T>,
): Promise<T> {
  const socket = `${kept.socketDirectory}/c${deps.ownPid}`;
  await deps.files.remove(socket);
  const way = await connection.forward(guestPlaces.port, socket);
  const client = (await deps.checkerTools()).openClient({ target: `unix:${socket}` });
  try {
    return await work({ client, address: `port ${guestPlaces.port} of the guest's loopback, through SSH` });
  } finally {
    client.close();
    await way.end();
    await deps.files.remove(socket);
  }
}
