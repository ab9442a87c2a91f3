import type { GuestIdentitySource } from '../../core/ports/guest-identity-source.ts';
import { knownHostsText } from '../../core/ssh/known-hosts-text.ts';
import { generateKeyPair } from '../ssh/key-pair.ts';
import { ownSeedFiles } from './own-seed-files.ts';

/** What only a user's own cloud-config needs is loaded when there is one. */
export const guestIdentitySource: GuestIdentitySource = {
  generateKeyPair,
  readCloudConfig: async (path) => {
    const { readCloudConfig } = await import('../store/cloud-config-file.ts');
    return (await readCloudConfig(path)).text;
  },
  seedFiles: async (plan, { instanceId, hostKey, authorizedKeys, macAddress }) => {
    const identity = {
      instanceId,
      hostPrivateKey: hostKey.privateKeyOpenSsh,
      hostPublicKey: hostKey.publicKey,
      authorizedKeys: [...authorizedKeys],
      macAddress,
    };
    if (plan.guest.cloudConfig === undefined) return ownSeedFiles(plan, identity);
    return (await import('./seed-files.ts')).seedFiles(plan, identity);
  },
  knownHosts: knownHostsText,
};
