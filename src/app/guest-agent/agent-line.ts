import type { Deadline } from '../../core/deadline.ts';
import type { AgentSession } from '../../core/ports/guest-agent.ts';
import type { Dependencies } from '../dependencies.ts';

/** Nobody is kept waiting for longer than this by a command that runs for hours. */
const holdMs = 1_000;
const reconnectMs = 30_000;

/**
 * The agent for the length of one command. The agent serves one session at a time and remembers processes and files
 * beyond it, so the session is given up now and then (`rest`) and taken again with the next question.
 */
export interface AgentLine {
  ask<T>(
    command: string,
    args?: Readonly<Record<string, unknown>>,
    options?: { readonly timeoutMs?: number },
  ): Promise<T>;
  rest(pauseMs: number): void;
  close(): void;
}

export async function openLine(
  deps: Pick<Dependencies, 'agents' | 'clock'>,
  socketPath: string,
  deadline: Deadline,
): Promise<AgentLine> {
  const agents = await deps.agents();
  // A session ends with the signal of its deadline; a command that is interrupted still has to be ended through it.
  const first = new AbortController();
  const onAbort = (): void => first.abort(deadline.signal.reason);
  deadline.signal.addEventListener('abort', onAbort, { once: true });
  if (deadline.signal.aborted) onAbort();
  let session: Promise<AgentSession> | undefined = agents.connect(socketPath, { ...deadline, signal: first.signal });
  let since = deps.clock.now();
  await session.finally(() => deadline.signal.removeEventListener('abort', onAbort));

  const connected = (): Promise<AgentSession> => {
    if (session) return session;
    since = deps.clock.now();
    session = agents.connect(socketPath, {
      at: since + reconnectMs,
      signal: new AbortController().signal,
      attempts: [],
    });
    return session;
  };
  const close = (): void => {
    const open = session;
    session = undefined;
    open?.then(
      (old) => old.close(),
      () => undefined,
    );
  };
  return {
    ask: async (command, args, options) => (await connected()).execute(command, args, options),
    rest: (pauseMs) => {
      if (deps.clock.now() + pauseMs - since > holdMs) close();
    },
    close,
  };
}
