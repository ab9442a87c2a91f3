import {
  type CloudConfig,
  type CloudConfigDocument,
  type CloudConfigFinding,
  type FieldPath,
  fieldName,
  isMapping,
} from './cloud-config.ts';
import { failOnFindings } from './findings.ts';

/**
 * A user's cloud-config laid over ours.
 *
 *   key                                                        result
 *   users, ssh_authorized_keys, packages, runcmd,              ours, then theirs
 *     bootcmd, write_files
 *   an entry of users with the name of our user                one entry: groups and keys appended, the rest theirs
 *   mapping on both sides                                      merged by the same rules
 *   everything else                                            theirs
 *   what the first connection stands on (see below)            an error that names the field, unless it says the same
 */
const appendedLists: readonly string[] = [
  'users',
  'ssh_authorized_keys',
  'packages',
  'runcmd',
  'bootcmd',
  'write_files',
];

/** Field → why it is ours. A trailing entry of `users` stands for our user's entry. */
const neededForAccess: Readonly<Record<string, string>> = {
  ssh_deletekeys: 'the host key must be the one that was pinned before the first connection',
  ssh_genkeytypes: 'the host key must be the one that was pinned before the first connection',
  'ssh_keys.ed25519_private': 'the host key must be the one that was pinned before the first connection',
  'ssh_keys.ed25519_public': 'the host key must be the one that was pinned before the first connection',
};

const neededModules = 'it replaces the modules that make the user and the host key';
const neverTheirs: Readonly<Record<string, string>> = {
  cloud_init_modules: neededModules,
  cloud_config_modules: neededModules,
  cloud_final_modules: neededModules,
};

/** Fields of our user's entry that would leave it without a home for its keys, or without a login. */
const brokenUserFields: readonly string[] = ['no_create_home', 'system', 'inactive', 'ssh_redirect_user'];

/** @throws config.cloud-init-invalid naming each field that would lock us out of the guest. */
export function mergeCloudConfig(ours: CloudConfig, theirs: CloudConfigDocument, guestUser: string): CloudConfig {
  const findings: CloudConfigFinding[] = [];
  const conflict = (path: FieldPath, why: string): void => {
    const message = `may not be set here: ${why}`;
    findings.push({ file: theirs.file, line: theirs.lineOf(path), field: fieldName(path), message });
  };
  for (const [key, why] of Object.entries(neverTheirs)) if (key in theirs.value) conflict([key], why);
  const merged = mergeMaps(ours, theirs.value, [], conflict);
  if (Array.isArray(ours['users']) && Array.isArray(theirs.value['users'])) {
    merged['users'] = mergeUsers(ours['users'], theirs.value['users'], guestUser, conflict);
  }
  failOnFindings(findings);
  return merged;
}

type Conflict = (path: FieldPath, why: string) => void;

function mergeMaps(
  ours: CloudConfig,
  theirs: CloudConfig,
  path: FieldPath,
  conflict: Conflict,
): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...ours };
  for (const [key, value] of Object.entries(theirs)) {
    const here = [...path, key];
    const own = ours[key];
    const why = neededForAccess[here.join('.')];
    if (why !== undefined && own !== undefined && !sameValue(own, value)) conflict(here, why);
    else if (isMapping(own) && isMapping(value)) merged[key] = mergeMaps(own, value, here, conflict);
    else if (path.length === 0 && appendedLists.includes(key) && Array.isArray(own) && Array.isArray(value)) {
      merged[key] = [...own, ...value];
    } else merged[key] = value;
  }
  return merged;
}

function mergeUsers(
  ours: readonly unknown[],
  theirs: readonly unknown[],
  guestUser: string,
  conflict: Conflict,
): unknown[] {
  let users = [...ours];
  for (const [index, entry] of theirs.entries()) {
    if (!isMapping(entry) || entry['name'] !== guestUser) {
      if (entry !== guestUser) users.push(entry);
      continue;
    }
    for (const field of brokenUserFields) {
      if (entry[field] !== undefined && entry[field] !== false) {
        conflict(['users', index, field], `"${guestUser}" is the user that we log in as`);
      }
    }
    users = users.map((user) => (isMapping(user) && user['name'] === guestUser ? mergeUser(user, entry) : user));
  }
  return users;
}

function mergeUser(ours: CloudConfig, theirs: CloudConfig): CloudConfig {
  return {
    ...ours,
    ...theirs,
    groups: [...new Set([...texts(ours['groups']), ...texts(theirs['groups'])])],
    ssh_authorized_keys: [...new Set([...texts(ours['ssh_authorized_keys']), ...texts(theirs['ssh_authorized_keys'])])],
  };
}

function texts(value: unknown): string[] {
  if (typeof value === 'string')
    return value
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '');
  return Array.isArray(value) ? value.map(String) : [];
}

function sameValue(a: unknown, b: unknown): boolean {
  const trimmed = (value: unknown): string =>
    JSON.stringify(value, (_, item) => (typeof item === 'string' ? item.trim() : item));
  return trimmed(a) === trimmed(b);
}
