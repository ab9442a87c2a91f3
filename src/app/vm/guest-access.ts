import type { Call } from '../../core/engine.ts';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import type {
  CopyProgress,
  GuestCommand,
  GuestConnection,
  GuestExit,
  GuestStreams,
  SshTarget,
} from '../../core/ports/guest-shell.ts';
import type { ProcessIdentity } from '../../core/ports/process-runner.ts';
import { processOf } from '../../core/vm/transition.ts';
import type { Dependencies } from '../dependencies.ts';
import { awaitReady } from './await-ready.ts';
import { connectGuest } from './connect-guest.ts';
import { sshTargetOf } from './ssh-target.ts';
import { admitted, withVm } from './with-vm.ts';

/** Waits for ready when the VM is still booting. */
export async function sshTarget(
  deps: Dependencies,
  call: Call,
  name: string,
  options: { readonly waitReady: boolean },
): Promise<SshTarget> {
  return (await reachable(deps, call, name, options)).target;
}

async function reachable(
  deps: Dependencies,
  call: Call,
  name: string,
  options: { readonly waitReady: boolean },
): Promise<{ readonly target: SshTarget; readonly process: ProcessIdentity | undefined }> {
  const known = await withVm(deps, call, name, 'ssh', async (session) => {
    admitted(session, 'exec');
    const port = session.ledger.running?.ports.find((lease) => lease.purpose === 'ssh')?.host;
    if (port === undefined) {
      fail(
        'vm.refused',
        `VM ${name} has network ${session.plan.network.value}; SSH reaches a guest on network user only`,
        {
          next: [`sysmonvm vm-console ${name}`],
        },
      );
    }
    return {
      target: sshTargetOf(session.plan, session.kept, port),
      process: processOf(session.state),
      ready: session.state.kind === 'ready',
    };
  });
  if (!known.ready && options.waitReady) await awaitReady(deps, call, name, { starter: false });
  return known;
}

/** Waits for ready, and closes the connection when the work is over. */
export async function connected<T>(
  deps: Dependencies,
  call: Call,
  name: string,
  work: (connection: GuestConnection) => Promise<T>,
): Promise<T> {
  const guest = await reachable(deps, call, name, { waitReady: true });
  const connection = await connectGuest(deps, call.signal, guest);
  try {
    return await work(connection);
  } finally {
    connection.close();
  }
}

export async function execInGuest(
  deps: Dependencies,
  call: Call,
  name: string,
  command: GuestCommand,
  streams: GuestStreams,
  options: { readonly timeoutMs?: number },
): Promise<GuestExit> {
  return connected(deps, call, name, (connection) =>
    connection.exec(command, streams, commandDeadline(deps, call, options.timeoutMs)),
  );
}

export async function captureInGuest(
  deps: Dependencies,
  call: Call,
  name: string,
  command: GuestCommand,
  options: { readonly timeoutMs?: number },
) {
  return connected(deps, call, name, (connection) =>
    connection.capture(command, commandDeadline(deps, call, options.timeoutMs)),
  );
}

function commandDeadline(deps: Dependencies, call: Call, timeoutMs: number | undefined) {
  return {
    at: timeoutMs === undefined ? Number.POSITIVE_INFINITY : deps.clock.now() + timeoutMs,
    signal: call.signal,
    attempts: [],
  };
}

export async function upload(
  deps: Dependencies,
  call: Call,
  name: string,
  local: string,
  remote: string,
  onProgress?: (p: CopyProgress) => void,
): Promise<void> {
  await connected(deps, call, name, (connection) =>
    connection.upload(local, remote, commandDeadline(deps, call, undefined), onProgress),
  );
}

export async function download(
  deps: Dependencies,
  call: Call,
  name: string,
  remote: string,
  local: string,
  onProgress?: (p: CopyProgress) => void,
): Promise<void> {
  await connected(deps, call, name, (connection) =>
    connection.download(remote, local, commandDeadline(deps, call, undefined), onProgress),
  );
}
