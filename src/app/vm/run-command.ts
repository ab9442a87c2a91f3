import type { Call, RunRequest } from '../../core/engine.ts';
import { hasCode } from '../../core/errors/sysmonvm-error.ts';
import type { GuestExit } from '../../core/ports/guest-shell.ts';
import type { Dependencies } from '../dependencies.ts';
import { createVm } from './create-vm.ts';
import { destroyVm } from './destroy-vm.ts';
import { download, execInGuest, upload } from './guest-access.ts';
import { startVm } from './start-vm.ts';

/** An ephemeral VM for one command. Whatever happens, it is torn down; if we are killed, the next command does it. */
export async function runCommand(deps: Dependencies, call: Call, request: RunRequest): Promise<GuestExit> {
  const { vm } = await createVm(deps, call, { config: request.config, ephemeral: true });
  try {
    await startVm(deps, call, vm.name, { wait: true });
    for (const { local, remote } of request.sync) await upload(deps, call, vm.name, local, remote);
    const exit = await execInGuest(
      deps,
      call,
      vm.name,
      request.command,
      request.streams,
      request.timeoutMs === undefined ? {} : { timeoutMs: request.timeoutMs },
    );
    for (const { remote, local } of request.out) await download(deps, call, vm.name, remote, local);
    return exit;
  } finally {
    const own: Call = { ...call, signal: new AbortController().signal };
    await destroyVm(deps, own, vm.name, { dryRun: false }).catch((error: unknown) => {
      if (!hasCode(error, 'vm.not-found')) throw error;
    });
  }
}
