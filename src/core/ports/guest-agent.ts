import type { Deadline } from '../deadline.ts';

/** One connection to the QEMU guest agent; it serves one at a time. */
export interface AgentSession {
  /** @throws agent.refused with the agent's own words (`blocked` in the details when the command is disabled) */
  execute<T = unknown>(command: string, args?: Readonly<Record<string, unknown>>): Promise<T>;
  close(): void;
}

export interface GuestAgents {
  /** Connects and synchronises. @throws agent.silent when no agent answers before the deadline */
  connect(socketPath: string, deadline: Deadline): Promise<AgentSession>;
}
