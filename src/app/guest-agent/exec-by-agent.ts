import { inputLimitBytes, outputDirectory } from '../../core/agent/agent-command.ts';
import type { Deadline } from '../../core/deadline.ts';
import type { Call } from '../../core/engine.ts';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import type { GuestCommand, GuestExit, GuestStreams } from '../../core/ports/guest-shell.ts';
import { commandDeadlineError } from '../../core/ssh/command-deadline.ts';
import { bareSignalName, isSignalName, signalNameOf } from '../../core/ssh/signal-numbers.ts';
import { endOutcomeOf, endOutcomeWords } from '../../core/ssh/signal-script.ts';
import type { Dependencies } from '../dependencies.ts';
import { type AgentLine, openLine } from './agent-line.ts';
import type { ExecStatus } from './agent-process.ts';
import { type AgentTarget, agentTarget } from './agent-target.ts';
import { type CommandRun, type OpenFiles, openFiles, startRun } from './command-run.ts';
import { outletOf } from './outlet.ts';
import { orStopped, soon } from './waiting.ts';

const connectMs = 30_000;
/** Between TERM and KILL, as over SSH. */
const graceMs = 2_000;
/** What a command that was ended may still have to say. */
const settleMs = 1_500;

export interface AgentExecOptions {
  readonly timeoutMs?: number;
}

/**
 * Runs a command through the guest agent, with the same outcome as over SSH: exit code, signals, output as it comes,
 * TERM and KILL when the call is aborted, when the time is over or when a stream of ours breaks.
 * @throws agent.silent, agent.refused, guest.command-not-started, guest.command-deadline
 */
export async function execByAgent(
  deps: Dependencies,
  call: Call,
  name: string,
  command: GuestCommand,
  streams: GuestStreams,
  options: AgentExecOptions,
): Promise<GuestExit> {
  if (command.pty !== undefined) {
    fail('usage.invalid-argument', 'The guest agent gives no terminal: --tty goes with --via ssh.', {
      next: ['Leave --via away.'],
    });
  }
  const input = await wholeInput(deps, call, streams.stdin);
  const target = await agentTarget(deps, call, name);
  const deadline = { at: deps.clock.now() + connectMs, signal: call.signal, attempts: [] };
  return runByAgent(deps, call, target, command, { ...streams, input }, { ...options, deadline });
}

async function wholeInput(deps: Dependencies, call: Call, stdin: GuestStreams['stdin']): Promise<Uint8Array> {
  if (stdin !== undefined && 'isTTY' in stdin && stdin.isTTY === true) return new Uint8Array(0);
  const read = await deps.commandInput();
  const input = await read(stdin, {
    limitBytes: inputLimitBytes,
    withinMs: Number.POSITIVE_INFINITY,
    signal: call.signal,
  });
  if (input.kind === 'whole') return input.data;
  return fail('usage.invalid-argument', `Standard input ${input.why}; the guest agent takes no more.`, {
    next: ['Use `--via ssh`.'],
  });
}

export async function runByAgent(
  deps: Dependencies,
  call: Call,
  target: AgentTarget,
  command: GuestCommand,
  streams: Omit<GuestStreams, 'stdin'> & { readonly input: Uint8Array },
  options: AgentExecOptions & {
    readonly deadline: Deadline;
    /** Called before the agent is asked to start it: from here on it may run. */
    readonly onAsked?: () => void;
  },
): Promise<GuestExit> {
  const line = await openLine(deps, target.socketPath, options.deadline);
  const [broken, late, flowing] = [new AbortController(), new AbortController(), new AbortController()];
  const stop = AbortSignal.any([call.signal, broken.signal, late.signal]);
  const onBroken = (error: Error): void => {
    broken.abort(error);
    flowing.abort(error);
  };
  const outlets = {
    out: outletOf(streams.stdout, flowing.signal, onBroken),
    err: outletOf(streams.stderr, flowing.signal, onBroken),
  };
  const token = deps.randomHex(8);
  const place = { base: `${outputDirectory}/${token}`, token, loginUser: target.user };
  let files: OpenFiles | undefined;
  const startedAt = deps.clock.now();
  const over = new AbortController();
  if (options.timeoutMs !== undefined) {
    const elapse = deps.clock.sleep(options.timeoutMs, over.signal);
    elapse.then(() => late.abort(new Error('deadline'))).catch(() => undefined);
  }
  try {
    files = await orStopped(openFiles(deps.clock, line, place, outlets), stop);
    options.onAsked?.();
    const starting = startRun(deps.clock, line, files, command, streams.input);
    const run = await orStopped(starting, stop).catch(async (error: unknown) => {
      const begun = stop.aborted
        ? await soon(
            deps.clock,
            starting.catch(() => undefined),
            settleMs,
          )
        : undefined;
      if (begun) await endRun(deps, begun, Promise.resolve(), flowing);
      throw error;
    });
    streams.onStarted?.({
      signal: async (signal) => {
        if (!isSignalName(signal)) fail('usage.invalid-argument', `"${signal}" is not the name of a signal.`);
        await run.signal({ signal: bareSignalName(signal), mode: 'once', graceMs: 0 });
      },
      resize: () => undefined,
    });
    const following = run.follow(stop).then(async (status) => {
      await Promise.all([outlets.out.flush(), outlets.err.flush()]);
      return status;
    });
    try {
      const status = await orStopped(following, stop);
      requireStarted(target, command, run, status);
      return exitOf(status);
    } catch (error) {
      if (!stop.aborted) throw error;
      const how = await endRun(deps, run, following, flowing);
      if (call.signal.aborted) throw call.signal.reason;
      if (!late.signal.aborted) throw broken.signal.reason;
      throw commandDeadlineError(command, `${((deps.clock.now() - startedAt) / 1000).toFixed(1)} s`, how);
    }
  } finally {
    over.abort();
    flowing.abort(new Error('the command is over'));
    for (const outlet of [outlets.out, outlets.err]) outlet.detach();
    await leave(deps, call, line, files);
  }
}

/** TERM, then KILL; then its last words, as far as the streams take them. */
async function endRun(
  deps: Dependencies,
  run: CommandRun,
  following: Promise<unknown>,
  flowing: AbortController,
): Promise<string> {
  let how: string;
  try {
    const text = await run.signal({ signal: 'TERM', mode: 'end', graceMs });
    how = endOutcomeWords(endOutcomeOf(text), text);
  } catch (error) {
    how = endOutcomeWords('unknown', error instanceof Error ? error.message : String(error));
  }
  const words = following.catch(() => run.drain()).catch(() => undefined);
  await soon(deps.clock, words, settleMs);
  flowing.abort(new Error('the command was ended'));
  return how;
}

/** A guest that does not answer any more keeps its files until it is restarted; the command's outcome stands. */
async function leave(deps: Dependencies, call: Call, line: AgentLine, files: OpenFiles | undefined): Promise<void> {
  try {
    if (files) await soon(deps.clock, files.remove(), settleMs * 4);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    call.report({ kind: 'notice', level: 'info', text: `files of the command stay in the guest: ${reason}` });
  } finally {
    line.close();
  }
}

function requireStarted(target: AgentTarget, command: GuestCommand, run: CommandRun, status: ExecStatus): void {
  const reason = run.refusal();
  if (reason === undefined) return;
  const user = command.asUser ?? target.user;
  fail('guest.command-not-started', `The guest did not start the command for user "${user}": ${reason}`, {
    details: { user, asUser: command.asUser, exitCode: status.exitcode },
  });
}

function exitOf(status: ExecStatus): GuestExit {
  if (status.signal === undefined) return { exitCode: status.exitcode ?? 0 };
  const signal = signalNameOf(status.signal);
  return { exitCode: 128 + status.signal, ...(signal === undefined ? {} : { signal: `SIG${signal}` }) };
}
