/**
 * What a restored guest is told, as one line of JSON over its renewal port, and what it answers. Each field is
 * optional: a fork is told everything, a claimed member of a pool its new name and the time, a VM that was resumed the
 * time only. Both sides are in this file's words; the guest's is templates/guest/renewal.py.
 */
export interface Renewal {
  /** The answer carries it back, so that an answer to an earlier message is not taken for this one's. */
  readonly id: string;
  /** Host clock when the message is sent; the guest's clock is stepped to it when the RTC agrees, else to the RTC. */
  readonly epochMs: number;
  readonly hostname?: string;
  readonly fqdn?: string;
  readonly machineId?: string;
  readonly instanceId?: string;
  readonly hostPrivateKey?: string;
  readonly hostPublicKey?: string;
  readonly hostKeyPath?: string;
  readonly sshServer?: 'openssh' | 'openssh-session' | 'dropbear';
  readonly user?: string;
  readonly addAuthorizedKeys?: readonly string[];
  readonly removeAuthorizedKeys?: readonly string[];
  /** 64 random bytes, base64; given to the kernel's pool, which is then reseeded. */
  readonly seed?: string;
  /** Run what lies in /var/lib/cloud/scripts/per-instance. */
  readonly runHooks?: boolean;
}

interface HookOutcome {
  readonly path: string;
  readonly exitCode: number;
  readonly tail: string;
}

export interface RenewalAnswer {
  readonly id: string;
  /** The guest's clock when it answers. */
  readonly epochMs: number;
  readonly hostname: string;
  readonly machineId: string;
  readonly reseeded: boolean;
  readonly hooks: readonly HookOutcome[];
  /** What could not be done, in words; empty: all was done. */
  readonly errors: readonly string[];
}
