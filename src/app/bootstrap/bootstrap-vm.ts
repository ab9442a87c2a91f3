import type { BootstrapReport, BootstrapRequest, StepState } from '../../core/bootstrap/bootstrap-operations.ts';
import type { BootstrapRecord, StepRecord } from '../../core/bootstrap/record.ts';
import { selectSteps } from '../../core/bootstrap/select-steps.ts';
import type { BootstrapStep, StepInput } from '../../core/bootstrap/steps.ts';
import type { Call } from '../../core/engine.ts';
import type { GuestConnection } from '../../core/ports/guest-shell.ts';
import type { Dependencies } from '../dependencies.ts';
import { connected } from '../vm/guest-access.ts';
import { findVm, withVm } from '../vm/with-vm.ts';
import { type RecognisedGuest, recogniseGuest } from './recognise-guest.ts';
import { loadRecord, saveRecord } from './record-file.ts';
import { runScript } from './run-script.ts';
import { runStep, type StepEnd } from './run-step.ts';
import { deadlineFailure, stepFailure } from './step-failure.ts';
import { readInputs, type StepInputs, withInput } from './step-input.ts';

interface Bootstrap {
  readonly deps: Dependencies;
  readonly call: Call;
  readonly vm: string;
  readonly directory: string;
  readonly user: string;
  readonly request: BootstrapRequest;
  readonly inputs: StepInputs;
  readonly connection: GuestConnection;
  readonly guest: RecognisedGuest;
}

/**
 * The steps run one after the other; each end is recorded before the next begins, so a failure or a kill costs the
 * step at hand. The VM's lock is held for each record only: the VM can be stopped meanwhile.
 */
export async function bootstrapVm(
  deps: Dependencies,
  call: Call,
  name: string,
  request: BootstrapRequest,
): Promise<BootstrapReport> {
  const inputs = await readInputs(deps, request);
  const choice = { ...request, inputs: Object.keys(inputs) as StepInput[] };
  selectSteps(choice);
  const { directory, plan } = await findVm(deps, name);
  return connected(deps, call, name, async (connection) => {
    const deadline = { at: Number.POSITIVE_INFINITY, signal: call.signal, attempts: [] };
    const guest = await recogniseGuest(connection, call, { vm: name, asked: request.family, deadline });
    const user = plan?.guest.user ?? '';
    const bootstrap = { deps, call, vm: name, directory, user, request, inputs, connection, guest };
    const steps: StepState[] = [];
    for (const step of selectSteps(choice, guest.family)) steps.push({ step, record: await oneStep(bootstrap, step) });
    return { vm: name, guest: { ...guest, profile: request.profile }, steps };
  });
}

async function oneStep(bootstrap: Bootstrap, step: BootstrapStep): Promise<StepRecord> {
  const { deps, call, vm } = bootstrap;
  const startedAt = deps.clock.now();
  const report = { kind: 'step', step: step.title } as const;
  call.report({ ...report, state: 'running' });
  const end = await performed(bootstrap, step).catch((error: unknown) => deadlineFailure(error, step));
  const { outcome, detail } = end;
  const record = { outcome, detail, at: deps.clock.now(), durationMs: deps.clock.now() - startedAt };
  await noted(bootstrap, step, record);
  if (outcome === 'failed') throw stepFailure(vm, step, end);
  call.report({ ...report, state: outcome === 'not-applicable' ? 'skipped' : 'done', detail: shown(outcome, detail) });
  return record;
}

function shown(outcome: StepRecord['outcome'], detail: string): string {
  if (outcome === 'not-applicable') return `not applicable: ${detail}`;
  return outcome === 'unchanged' ? `as it was: ${detail}` : detail;
}

async function performed(bootstrap: Bootstrap, step: BootstrapStep): Promise<StepEnd> {
  const { deps, call, connection, directory, guest, user, inputs } = bootstrap;
  const deadline = { at: deps.clock.now() + step.minutes * 60_000, signal: call.signal, attempts: [] };
  const onLine = (line: string): void => call.report({ kind: 'console', line });
  const withPath = (path: string): Promise<StepEnd> =>
    runStep(step, (part, script) =>
      runScript(connection, {
        name: `${step.name}-${part}`,
        script,
        args: [guest.family, user, path],
        deadline,
        onLine,
      }),
    );
  const text = step.input && inputs[step.input];
  return text === undefined ? withPath('') : withInput(deps, connection, { text, directory, deadline }, withPath);
}

/** In bootstrap.json, and as an event of the VM. */
async function noted(bootstrap: Bootstrap, step: BootstrapStep, record: StepRecord): Promise<void> {
  const { deps, call, vm, directory, guest, request } = bootstrap;
  await withVm(deps, call, vm, 'bootstrap', async (session) => {
    const known = await loadRecord(deps, directory);
    const now: BootstrapRecord = {
      schemaVersion: 1,
      ...guest,
      profile: request.profile,
      steps: { ...known?.steps, [step.name]: record },
    };
    await saveRecord(deps, directory, now);
    const { at: _, ...data } = record;
    await session.emit('bootstrap_step', { step: step.name, ...data });
  });
}
