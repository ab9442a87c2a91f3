import { inputLimitBytes } from '../../core/agent/agent-command.ts';
import type { Call } from '../../core/engine.ts';
import { hasCode } from '../../core/errors/sysmonvm-error.ts';
import type { ExecWay } from '../../core/exec-way.ts';
import type { GuestCommand, GuestExit, GuestStreams } from '../../core/ports/guest-shell.ts';
import type { Dependencies } from '../dependencies.ts';
import { execInGuest } from '../vm/guest-access.ts';
import { type AgentTarget, agentTarget } from './agent-target.ts';
import { execByAgent, runByAgent } from './exec-by-agent.ts';

/** An agent that is there answers within milliseconds; another command of ours lets go after a second. */
const agentPatienceMs = 4_000;
/** Whoever writes to a pipe and is done has ended it by now; whoever has not may go on for ever. */
const inputPatienceMs = 150;

/** Runs a command the way that was asked for. */
export async function execVia(
  deps: Dependencies,
  call: Call,
  name: string,
  command: GuestCommand,
  streams: GuestStreams,
  options: { readonly timeoutMs?: number; readonly via?: ExecWay },
): Promise<GuestExit> {
  if (options.via === 'agent') return execByAgent(deps, call, name, command, streams, options);
  if (options.via !== 'auto' || command.pty !== undefined)
    return execInGuest(deps, call, name, command, streams, options);
  const target = await agentTarget(deps, call, name);
  if (target.sshPort === undefined) return execByAgent(deps, call, name, command, streams, options);
  return execAutomatically(deps, call, name, target, command, streams, options);
}

/** By the agent; over SSH when standard input may be endless, or when the agent does not even take the command. */
async function execAutomatically(
  deps: Dependencies,
  call: Call,
  name: string,
  target: AgentTarget,
  command: GuestCommand,
  streams: GuestStreams,
  options: { readonly timeoutMs?: number },
): Promise<GuestExit> {
  const read = await deps.commandInput();
  const { stdin, ...outputs } = streams;
  const input = await read(stdin, { limitBytes: inputLimitBytes, withinMs: inputPatienceMs, signal: call.signal });
  if (input.kind === 'endless') return execInGuest(deps, call, name, command, streams, options);
  let asked = false;
  let started = false;
  try {
    return await runByAgent(
      deps,
      call,
      target,
      command,
      {
        ...outputs,
        input: input.data,
        onStarted: (control) => {
          started = true;
          outputs.onStarted?.(control);
        },
      },
      {
        ...options,
        deadline: { at: deps.clock.now() + agentPatienceMs, signal: call.signal, attempts: [] },
        onAsked: () => {
          asked = true;
        },
      },
    );
  } catch (error) {
    const nothingRan = (hasCode(error, 'agent.refused') && !started) || (hasCode(error, 'agent.silent') && !asked);
    if (!nothingRan) throw error;
    call.report({ kind: 'notice', level: 'warning', text: `the command goes over SSH: ${error.message}` });
    return execInGuest(deps, call, name, command, { ...outputs, stdin: input.stream() }, options);
  }
}
