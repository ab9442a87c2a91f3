/** auto: the guest agent when it can do it, else SSH. */
export const execWays = ['ssh', 'agent', 'auto'] as const;
export type ExecWay = (typeof execWays)[number];
