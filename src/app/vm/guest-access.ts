import type { Call } from '../../core/engine.ts';
import { fail, hasCode } from '../../core/errors/sysmonvm-error.ts';
import type {
  CopyProgress,
  GuestCommand,
  GuestConnection,
  GuestExit,
  GuestStreams,
  SshTarget,
} from '../../core/ports/guest-shell.ts';
import type { Dependencies } from '../dependencies.ts';
import { awaitReady } from './await-ready.ts';
import { sshTargetOf } from './ssh-target.ts';
import { admitted, withVm } from './with-vm.ts';

const connectMs = 60_000;
const connectAttempts = 5;

/** Waits for ready when the VM is still booting. */
export async function sshTarget(
  deps: Dependencies,
  call: Call,
  name: string,
  options: { readonly waitReady: boolean },
): Promise<SshTarget> {
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
    return { target: sshTargetOf(session.plan, session.kept, port), ready: session.state.kind === 'ready' };
  });
  if (!known.ready && options.waitReady) await awaitReady(deps, call, name, { starter: false });
  return known.target;
}

/**
 * An SSH server that is busy with others (it bounds those who have not logged in yet) hangs up on a newcomer. Nothing
 * was asked of the guest until then, so it is tried again, a few times.
 */
async function connect(deps: Dependencies, call: Call, target: SshTarget): Promise<GuestConnection> {
  const shell = await deps.shell();
  for (let attempt = 1; ; attempt++) {
    try {
      return await shell.connect(target, { at: deps.clock.now() + connectMs, signal: call.signal, attempts: [] });
    } catch (error) {
      if (!hasCode(error, 'ssh.connection-lost') || attempt === connectAttempts) throw error;
      await deps.clock.sleep(attempt * 200, call.signal);
    }
  }
}

async function connected<T>(
  deps: Dependencies,
  call: Call,
  name: string,
  work: (connection: GuestConnection) => Promise<T>,
): Promise<T> {
  const target = await sshTarget(deps, call, name, { waitReady: true });
  const connection = await connect(deps, call, target);
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
