import type { VmPlan } from '../plan/vm-plan.ts';
import type { SeedFile } from './seed-builder.ts';

interface KeyPair {
  readonly privateKeyOpenSsh: string;
  /** `ssh-ed25519 AAAA… comment` */
  readonly publicKey: string;
}

interface GuestKeys {
  readonly instanceId: string;
  readonly hostKey: KeyPair;
  readonly authorizedKeys: readonly string[];
  readonly macAddress: string;
}

/** Makes what tells one guest from another, and the text of its seed. */
export interface GuestIdentitySource {
  generateKeyPair(comment: string): Promise<KeyPair>;
  /** Reads and checks a user's own cloud-config. @throws config.cloud-init-invalid with file, line and field */
  readCloudConfig(path: string): Promise<string>;
  seedFiles(plan: VmPlan, keys: GuestKeys): Promise<readonly SeedFile[]>;
  knownHosts(hostPublicKey: string): string;
}
