import type { GuestIdentitySource } from '../../core/ports/guest-identity-source.ts';
import { knownHostsText } from '../../core/ssh/known-hosts-text.ts';
import { generateKeyPair } from '../ssh/key-pair.ts';
import { readCloudConfig } from '../store/cloud-config-file.ts';
import { seedFiles } from './seed-files.ts';

export const guestIdentitySource: GuestIdentitySource = {
  generateKeyPair,
  readCloudConfig: async (path) => (await readCloudConfig(path)).text,
  seedFiles: (plan, { instanceId, hostKey, authorizedKeys, macAddress }) =>
    seedFiles(plan, {
      instanceId,
      hostPrivateKey: hostKey.privateKeyOpenSsh,
      hostPublicKey: hostKey.publicKey,
      authorizedKeys: [...authorizedKeys],
      macAddress,
    }),
  knownHosts: knownHostsText,
};
