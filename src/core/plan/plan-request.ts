import type { VmConfig } from '../config/vm-config.ts';
import type { HostFacts } from '../host-facts.ts';
import type { MergedLock } from '../image/merge-locks.ts';
import type { VmPlan } from './vm-plan.ts';

/** What is known of the image in the cache. */
export interface CachedImageFacts {
  readonly digest: string;
  readonly virtualSizeBytes: number;
  /** Of a local image that brings its kernel beside it. */
  readonly kernelCommandLine?: string;
}

export interface PlanRequest {
  readonly config: VmConfig;
  readonly host: HostFacts;
  readonly lock: MergedLock;
  readonly cachedImage?: CachedImageFacts | undefined;
  /** Content of the public keys that may log in beside the VM's own. */
  readonly sshPublicKeys: readonly string[];
  /** Content of the user's cloud-config. */
  readonly cloudConfig?: string | undefined;
  readonly ephemeral?: boolean | undefined;
  /**
   * The plan that the VM has already. Memory lowered to what was free then stays as it was: free memory changes from
   * one minute to the next, and an unchanged VM must plan the same again.
   */
  readonly previous?: VmPlan | undefined;
}

/** Collects sentences for the user while choices are made. */
export type Warn = (sentence: string) => void;
