import type { CloudConfigDocument } from '../../core/cloud-init/cloud-config.ts';
import { mergeCloudConfig } from '../../core/cloud-init/merge.ts';
import { toYaml } from '../../core/cloud-init/to-yaml.ts';
import type { VmPlan } from '../../core/plan/vm-plan.ts';
import type { SeedFile } from '../../core/ports/seed-builder.ts';
import { checkedCloudConfig, parseCloudConfig } from '../store/cloud-config-file.ts';
import { ownSeedFiles, type SeedIdentity } from './own-seed-files.ts';

/**
 * The files of the NoCloud seed. A user's cloud-config is taken from the argument, else from the plan.
 * @throws config.cloud-init-invalid
 */
export function seedFiles(plan: VmPlan, identity: SeedIdentity, userCloudConfig?: CloudConfigDocument): SeedFile[] {
  const text = plan.guest.cloudConfig;
  const theirs = userCloudConfig ?? (text === undefined ? undefined : checkedCloudConfig(text, 'cloud-config'));
  if (theirs === undefined) return ownSeedFiles(plan, identity);
  const mergedWith = (userData: string): string => merged(userData, theirs, plan.guest.user);
  return ownSeedFiles(plan, identity, { value: theirs.value, mergedWith });
}

function merged(userData: string, theirs: CloudConfigDocument, guestUser: string): string {
  const ours = parseCloudConfig(userData, 'templates/cloud-init/user-data.mustache').value;
  return `#cloud-config\n${toYaml(mergeCloudConfig(ours, theirs, guestUser))}`;
}
