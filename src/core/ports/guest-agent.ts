import type { Deadline } from '../deadline.ts';

/** One connection to the QEMU guest agent; it serves one at a time. */
export interface AgentSession {
  /**
   * Several may be under way: the agent answers in the order in which it was asked. `timeoutMs` bounds one answer
   * (default 30 s).
   * @throws agent.refused with the agent's own words (`blocked` in the details when the command is disabled),
   *   agent.silent
   */
  execute<T = unknown>(
    command: string,
    args?: Readonly<Record<string, unknown>>,
    options?: { readonly timeoutMs?: number },
  ): Promise<T>;
  close(): void;
}

export interface GuestAgents {
  /** Connects and synchronises. @throws agent.silent when no agent answers before the deadline */
  connect(socketPath: string, deadline: Deadline): Promise<AgentSession>;
}
