import type { StartOptions } from '../../core/engine.ts';

export interface StartVmOptions extends StartOptions {
  /** A fork is ready when it has answered to its renewal, or when its SSH server answers too (default). */
  readonly until?: 'identity' | 'ssh';
  /** What will be asked of a fork first: a login is begun, the agent is rehearsed, while it is told who it is. */
  readonly next?: 'ssh' | 'agent';
  /** Memory in a file of the VM's directory, so that the machine can be frozen. */
  readonly memory?: 'shared';
  /** What was restored stands still again when it is ready. */
  readonly pause?: boolean;
  /** A snapshot with memory, loaded in place of a boot. */
  readonly snapshot?: string;
}
