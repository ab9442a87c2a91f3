import { z } from 'zod';

/**
 * Types of the fields that people write most. cloud-init itself only warns about a wrong type and then skips the
 * module, inside a guest that is already up: here it is an error before anything is booted.
 */
const text = z.string({ error: 'must be text; put it in quotes' });
const bool = z.boolean({ error: 'must be true or false' });
const map = z.looseObject({}, { error: 'must be a mapping (`key: value` lines)' });
const listOf = <T extends z.ZodType>(item: T, what: string) => z.array(item, { error: `must be a list of ${what}` });
const textOrTexts = z.union([z.string(), z.array(z.string())], { error: 'must be text or a list of texts' });
const command = z.union([z.string(), z.array(z.union([z.string(), z.number()]))], {
  error: 'must be one command line, or a list of a program and its arguments, all in quotes where YAML needs it',
});

const user = z.looseObject({
  name: text,
  gecos: text.optional(),
  groups: textOrTexts.nullable().optional(),
  homedir: text.optional(),
  lock_passwd: bool.optional(),
  no_create_home: bool.optional(),
  primary_group: text.optional(),
  shell: text.optional(),
  ssh_authorized_keys: listOf(text, 'public keys').optional(),
  ssh_import_id: listOf(text, 'ids').optional(),
  sudo: z
    .union([z.string(), z.array(z.string()), z.literal(false), z.null()], {
      error: 'must be a sudo rule, a list of them, or false',
    })
    .optional(),
  system: bool.optional(),
});

const writtenFile = z.looseObject({
  path: text.refine((path) => path.startsWith('/'), 'must be an absolute path'),
  content: z.union([z.string(), z.instanceof(Uint8Array)], { error: 'must be text; put it in quotes' }).optional(),
  permissions: z.string({ error: "must be text in quotes, e.g. '0644'" }).optional(),
  owner: text.optional(),
  append: bool.optional(),
  defer: bool.optional(),
  encoding: z
    .enum(['gz', 'gzip', 'gz+base64', 'gzip+base64', 'gz+b64', 'gzip+b64', 'b64', 'base64', 'text/plain'], {
      error: 'must be one of gzip, base64, gzip+base64, text/plain',
    })
    .optional(),
});

const packageName = z.union([z.string(), z.tuple([z.string(), z.string()]), map], {
  error: 'must be a name, [name, version], or a mapping of package manager to names',
});

export const fieldTypes = z.looseObject({
  hostname: text.optional(),
  fqdn: text.optional(),
  timezone: text.optional(),
  final_message: text.optional(),
  locale: z.union([z.string(), z.literal(false)], { error: 'must be text or false' }).optional(),
  users: z
    .array(z.union([z.string(), user], { error: 'must be a user name or a mapping with `name`' }), {
      error: 'must be a list of users',
    })
    .optional(),
  groups: z.union([z.string(), z.array(z.unknown()), map], { error: 'must be a list of groups' }).optional(),
  ssh_authorized_keys: listOf(text, 'public keys').optional(),
  ssh_genkeytypes: listOf(text, 'key types').optional(),
  ssh_import_id: listOf(text, 'ids').optional(),
  ssh_keys: z.record(z.string(), text, { error: 'must be a mapping of key names to keys' }).optional(),
  ssh_deletekeys: bool.optional(),
  ssh_pwauth: z.union([z.boolean(), z.string()], { error: 'must be true or false' }).optional(),
  disable_root: bool.optional(),
  preserve_hostname: bool.optional(),
  manage_etc_hosts: z
    .union([z.boolean(), z.enum(['localhost', 'template'])], { error: 'must be true, false or localhost' })
    .optional(),
  package_update: bool.optional(),
  package_upgrade: bool.optional(),
  package_reboot_if_required: bool.optional(),
  packages: listOf(packageName, 'packages').optional(),
  bootcmd: listOf(command, 'commands').optional(),
  runcmd: listOf(command, 'commands').optional(),
  write_files: listOf(writtenFile, 'files').optional(),
  mounts: listOf(z.array(z.unknown(), { error: 'must be a list: [device, mount point, …]' }), 'mounts').optional(),
  swap: map.optional(),
  growpart: map.optional(),
  ntp: map.optional(),
  apt: map.optional(),
  yum_repos: map.optional(),
  power_state: map.optional(),
  ssh: map.optional(),
  chpasswd: map.optional(),
  output: map.optional(),
});
