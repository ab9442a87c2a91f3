import type { Deadline } from '../../core/deadline.ts';
import type { Call } from '../../core/engine.ts';
import { fail, hasCode } from '../../core/errors/sysmonvm-error.ts';
import type { VmPlan } from '../../core/plan/vm-plan.ts';
import type { GuestConnection, SshTarget } from '../../core/ports/guest-shell.ts';
import type { KeptResources } from '../../core/resources/ledger.ts';
import type { BootMark, MarkName } from '../../core/vm/vm-state.ts';
import type { Dependencies } from '../dependencies.ts';
import { cloudInitEvidenceScript, cloudInitWaitScript } from './cloud-init-script.ts';
import { firstBanner } from './first-banner.ts';
import { sshTargetOf } from './ssh-target.ts';

export interface Probing {
  readonly deps: Dependencies;
  readonly call: Call;
  readonly deadline: Deadline;
  readonly plan: VmPlan;
  readonly kept: KeptResources;
  readonly vmId: string;
  /** undefined without user networking: then the console and the guest agent tell. */
  readonly sshPort?: number;
  readonly agentSocket?: string;
  readonly onMark: (name: MarkName, source: BootMark['source']) => Promise<void>;
}

const pauseMs = 100;
const loginTryMs = 30_000;
const keyMismatchLimit = 5;

/** A way to go on asking the guest that has just become ready; absent where only its console spoke. */
export interface Answering {
  readonly capture?: GuestConnection['capture'];
  close(): void;
}

/** Banner, login, cloud-init: each asked with its own short deadline, every answer kept for the error. */
export async function probeGuest(probing: Probing): Promise<Answering> {
  const { deps, plan, kept, sshPort } = probing;
  if (sshPort === undefined) return probeWithoutNetwork(probing);
  const shell = await deps.shell();
  const answers = new Map<string, number>();
  await firstBanner({
    clock: deps.clock,
    signal: probing.deadline.signal,
    attempt: (timeoutMs, signal) => shell.banner(sshPort, timeoutMs, signal),
    onFailure: (error) => noteAnswer(probing, 'SSH banner', error, answers),
  });
  await probing.onMark('ssh-banner', 'ssh');
  const target = sshTargetOf(plan, kept, sshPort);
  // A guest may start its SSH server anew while it is being provisioned; the connection is then made again.
  const logInAndAsk = async (): Promise<Answering> => {
    const connection = await login(probing, target);
    try {
      await probing.onMark('ssh-login', 'ssh');
      await awaitCloudInit(probing, connection);
      return connection;
    } catch (error) {
      connection.close();
      throw error;
    }
  };
  return repeat(probing, 'cloud-init', pauseMs, logInAndAsk, (error) => hasCode(error, 'ssh.connection-lost'));
}

/** Each answer is told once, however often it is given. */
function noteAnswer(
  { deps, call, deadline }: Probing,
  what: string,
  error: unknown,
  answers: Map<string, number>,
): void {
  const outcome = error instanceof Error ? error.message : String(error);
  const times = (answers.get(outcome) ?? 0) + 1;
  answers.set(outcome, times);
  deadline.attempts.push({ at: deps.clock.now(), what, outcome });
  if (times === 1) call.report({ kind: 'waiting', probe: what, answer: outcome });
}

async function repeat<T>(
  probing: Probing,
  what: string,
  pause: number,
  attempt: () => Promise<T>,
  mayRetry: (error: unknown) => boolean = () => true,
): Promise<T> {
  const { deps, deadline } = probing;
  const answers = new Map<string, number>();
  for (;;) {
    deadline.signal.throwIfAborted();
    try {
      return await attempt();
    } catch (error) {
      deadline.signal.throwIfAborted();
      if (!mayRetry(error)) throw error;
      noteAnswer(probing, what, error, answers);
      await deps.clock.sleep(pause, deadline.signal);
    }
  }
}

async function login(probing: Probing, target: SshTarget): Promise<GuestConnection> {
  const { deps, deadline } = probing;
  const shell = await deps.shell();
  let mismatches = 0;
  const attempt = async (): Promise<GuestConnection> => {
    const at = Math.min(deps.clock.now() + loginTryMs, deadline.at);
    return shell.connect(target, { at, signal: deadline.signal, attempts: [] });
  };
  // A guest may show its image's key for a moment before cloud-init installs ours; we never go on with it.
  return repeat(
    probing,
    'SSH login',
    250,
    attempt,
    (error) => !hasCode(error, 'ssh.host-key-mismatch') || ++mismatches < keyMismatchLimit,
  );
}

interface CloudInitResult {
  readonly v1?: { readonly datasource?: string; readonly errors?: readonly string[] };
}

async function awaitCloudInit(probing: Probing, connection: Pick<GuestConnection, 'capture'>): Promise<void> {
  const { deps, call, deadline, plan } = probing;
  deadline.attempts.push({ at: deps.clock.now(), what: 'cloud-init', outcome: 'it has not finished' });
  call.report({ kind: 'waiting', probe: 'cloud-init', answer: 'it has not finished' });
  const done = await connection.capture({ command: ['sh', '-c', cloudInitWaitScript] }, deadline);
  if (done.exitCode === 3 || done.exitCode === 4) return;
  if (done.exitCode !== 0) {
    fail(
      'ssh.connection-lost',
      `the guest could not be asked for the result of cloud-init (status ${done.exitCode}): ${done.stderr.trim()}`,
    );
  }
  const errors = parseResult(done.stdout);
  if (errors.length === 0) return probing.onMark('cloud-init-done', 'guest');
  const evidence = await connection.capture(
    { command: [...(plan.guest.sudo ? ['sudo', '-n'] : []), 'sh', '-c', cloudInitEvidenceScript] },
    deadline,
  );
  const log = evidence.stdout.trim().split('\n');
  return fail(
    'guest.provisioning-failed',
    `cloud-init finished with ${errors.length === 1 ? 'an error' : `${errors.length} errors`}: ${errors[0]}`,
    {
      details: { errors, log },
      next: [`sysmonvm vm-logs ${plan.name} --source cloud-init`],
    },
  );
}

function parseResult(text: string): readonly string[] {
  try {
    return (JSON.parse(text) as CloudInitResult).v1?.errors ?? [];
  } catch (cause) {
    return fail('guest.provisioning-failed', 'the result of cloud-init cannot be read', {
      details: { log: [text.slice(0, 400)] },
      cause,
    });
  }
}

/** The login prompt on the console counts, or what the guest agent tells of cloud-init, whichever comes first. */
async function probeWithoutNetwork(probing: Probing): Promise<Answering> {
  const over = new AbortController();
  const signal = AbortSignal.any([probing.deadline.signal, over.signal]);
  const own: Probing = { ...probing, deadline: { ...probing.deadline, signal } };
  const prompt: Promise<Answering> = waitForLoginPrompt(own).then(() => silent);
  const agent = askAgent(own).then((answering) => answering ?? prompt);
  for (const part of [prompt, agent]) part.catch(() => undefined);
  try {
    return await Promise.race([prompt, agent]);
  } finally {
    over.abort();
  }
}

const silent: Answering = { close: () => undefined };

/** undefined: there is no agent, or one that runs nothing. */
async function askAgent(probing: Probing): Promise<Answering | undefined> {
  const { deps, agentSocket } = probing;
  if (agentSocket === undefined) return undefined;
  try {
    const { runByAgent } = await import('../guest-agent/run-by-agent.ts');
    const agents = await deps.agents();
    const capture: GuestConnection['capture'] = async ({ command }, until) => {
      const session = await agents.connect(agentSocket, until);
      try {
        return await runByAgent(
          deps,
          session,
          typeof command === 'string' ? ['sh', '-c', command] : command,
          '',
          until,
        );
      } finally {
        session.close();
      }
    };
    await awaitCloudInit(probing, { capture });
    return { capture, close: () => undefined };
  } catch (error) {
    if (hasCode(error, 'agent.refused') || hasCode(error, 'agent.silent')) return undefined;
    throw error;
  }
}

async function waitForLoginPrompt({ deps, call, deadline, plan }: Probing): Promise<void> {
  deadline.attempts.push({ at: deps.clock.now(), what: 'login prompt', outcome: 'not on the console yet' });
  call.report({ kind: 'waiting', probe: 'login prompt', answer: 'not on the console yet' });
  for (;;) {
    const record = await deps.store.find(plan.name);
    const state = record?.recorded.state;
    if (state && 'marks' in state && state.marks.some((mark) => mark.name === 'login-prompt')) return;
    await deps.clock.sleep(pauseMs, deadline.signal);
  }
}
