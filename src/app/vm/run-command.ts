import type { Answer, Call, RunRequest } from '../../core/engine.ts';
import { fail, hasCode } from '../../core/errors/sysmonvm-error.ts';
import type { GuestExit } from '../../core/ports/guest-shell.ts';
import type { VmSnapshot } from '../../core/vm/vm-snapshot.ts';
import type { Dependencies } from '../dependencies.ts';
import { execVia } from '../guest-agent/exec-by-choice.ts';
import { forkOverrides } from '../template/fork-overrides.ts';
import { createVm } from './create-vm.ts';
import { destroyVm } from './destroy-vm.ts';
import { captureInGuest, download, upload } from './guest-access.ts';
import { startVm } from './start-vm.ts';
import { syncTargetScript } from './sync-target-script.ts';

/** An ephemeral VM for one command. Whatever happens, it is torn down; if we are killed, the next command does it. */
export async function runCommand(deps: Dependencies, call: Call, request: RunRequest): Promise<GuestExit> {
  const claimed = await claimedFor(deps, call, request);
  const { vm } = claimed ?? (await made(deps, call, request));
  try {
    if (!claimed) await startVm(deps, call, vm.name, { wait: true, until: 'identity', next: firstWay(request) });
    for (const { local, remote } of request.sync) {
      call.report({ kind: 'step', step: `copy ${local} to ${remote}`, state: 'running' });
      await makeTarget(deps, call, vm, remote);
      // Its contents, so that what lies in `local` is found in `remote` whether that was there or not.
      await upload(deps, call, vm.name, `${local}/.`, remote);
      call.report({ kind: 'step', step: `copy ${local} to ${remote}`, state: 'done' });
    }
    const exit = await execVia(deps, call, vm.name, request.command, request.streams, {
      ...(request.timeoutMs === undefined ? {} : { timeoutMs: request.timeoutMs }),
      ...(request.via === undefined ? {} : { via: request.via }),
    });
    for (const { remote, local } of request.out) await download(deps, call, vm.name, remote, local);
    return exit;
  } finally {
    const own: Call = { ...call, signal: new AbortController().signal };
    await destroyVm(deps, own, vm.name, { dryRun: false }).catch((error: unknown) => {
      if (!hasCode(error, 'vm.not-found')) throw error;
    });
  }
}

function firstWay({ via = 'ssh', sync }: RunRequest): 'ssh' | 'agent' {
  return via === 'ssh' || sync.length > 0 ? 'ssh' : 'agent';
}

/** undefined: no pool was named, or none of its members is ready. */
async function claimedFor(deps: Dependencies, call: Call, request: RunRequest): Promise<Answer | undefined> {
  const { config, fork } = request;
  if (!fork?.pool || fork.template === undefined) return undefined;
  const { claimMember } = await import('../pool/claim.ts');
  const overrides = { ...(await forkOverrides(config)), ephemeral: true };
  const options = { until: 'identity', next: firstWay(request) } as const;
  const claimed = await claimMember(deps, call, fork.template, overrides, options);
  if (!claimed) (await import('../pool/fork-from-pool.ts')).reportEmpty(call, fork.template);
  return claimed;
}

async function made(deps: Dependencies, call: Call, { config, fork }: RunRequest): Promise<Answer> {
  if (!fork) return createVm(deps, call, { config, ephemeral: true });
  const { createWarm } = await import('../template/start-warm.ts');
  return createWarm(deps, call, config, { ...fork, ephemeral: true });
}

async function makeTarget(deps: Dependencies, call: Call, vm: VmSnapshot, remote: string): Promise<void> {
  const command = ['sh', '-c', syncTargetScript, 'sh', remote, vm.user];
  const made = await captureInGuest(deps, call, vm.name, { command }, { timeoutMs: 60_000 });
  if (made.exitCode === 0) return;
  fail(
    'copy.failed',
    `the guest cannot make ${remote} for user ${vm.user}: ${made.stderr.trim() || `status ${made.exitCode}`}`,
    {
      details: { path: remote },
    },
  );
}
