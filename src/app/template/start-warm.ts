import type { VmConfig } from '../../core/config/vm-config.ts';
import type { Answer, Call, StartOptions } from '../../core/engine.ts';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import type { VmRecord } from '../../core/ports/vm-store.ts';
import type { Dependencies } from '../dependencies.ts';
import { destroyVm } from '../vm/destroy-vm.ts';
import { startVm } from '../vm/start-vm.ts';
import { createFork } from './fork.ts';
import { forkOverrides } from './fork-overrides.ts';
import { warmTemplate } from './warm.ts';

/** A fork of the configuration's template with the name and the ports that the configuration asks for; not started. */
export async function createWarm(
  deps: Dependencies,
  call: Call,
  config: VmConfig,
  options: { readonly ephemeral?: boolean; readonly template?: string } = {},
): Promise<Answer> {
  const template = options.template ?? (await warmTemplate(deps, call, config)).name;
  const overrides = await forkOverrides(config);
  return createFork(deps, call, template, { ...overrides, ...(options.ephemeral ? { ephemeral: true } : {}) });
}

/** `vm-start --warm`: only a VM that has nothing of its own yet can be a fork instead. */
export async function startWarm(
  deps: Dependencies,
  call: Call,
  config: VmConfig,
  options: StartOptions,
): Promise<Answer> {
  const name = config.name.value;
  const existing = await deps.store.find(name);
  if (existing && !isUntouched(existing)) {
    if (existing.recorded.state.kind !== 'stopped' || existing.ledger.kept.restore)
      return startVm(deps, call, name, options);
    fail('vm.refused', `VM ${name} has run: a fork would begin with the disk of the template instead of its own`, {
      details: { vm: name },
      next: [`sysmonvm vm-start ${name}`, `sysmonvm up OTHER --warm`],
    });
  }
  if (existing && !existing.ledger.kept.template) {
    call.report({ kind: 'notice', level: 'info', text: `VM ${name} has never run: it is made again as a fork` });
    await destroyVm(deps, call, name, { dryRun: false });
  }
  if (!existing?.ledger.kept.template) await createWarm(deps, call, config);
  return startVm(deps, call, name, options);
}

function isUntouched({ recorded }: VmRecord): boolean {
  return recorded.state.kind === 'stopped' && recorded.runId === undefined;
}
