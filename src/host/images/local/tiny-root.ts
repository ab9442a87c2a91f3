import { chmod, cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fail } from '../../../core/errors/sysmonvm-error.ts';
import { busyboxApplets } from './busybox-applets.ts';
import { moduleClosure } from './kernel-modules.ts';
import { templateFiles, writeTemplateFiles } from './template-files.ts';

/** The packages of the whole dependency tree that tiny takes files from; `t64` is a suffix of later releases. */
const TAKEN =
  /^(busybox-static|dropbear-bin|openssh-sftp-server|qemu-guest-agent|sudo|linux-image-\d.*|systemd-boot-efi.*|lib(c6|gcc-s1|crypt1|gmp10|tomcrypt1|tommath1|glib2\.0-0|pcre2-8-0|udev1|uring2|numa1|selinux1|audit1|cap-ng0|cap2|pam0g|pam-modules|atomic1|ffi8|apparmor1|ssl3|zstd1|expat1)|(lib)?python3\.\d+-minimal|libpython3\.\d+-stdlib)(t64)?$|^zlib1g$/;

export const takenByTiny = (versions: ReadonlyMap<string, string>): Map<string, string> =>
  new Map([...versions].filter(([name]) => TAKEN.test(name)));

const MODULES = [
  'virtio_net',
  'virtio_rng',
  'virtio_console',
  'virtio_balloon',
  'virtio_scsi',
  'vmw_vsock_virtio_transport',
  'isofs',
  'sr_mod',
  'ata_piix',
  'ahci',
  'vfat',
  'nls_cp437',
  'nls_ascii',
  'nls_iso8859_1',
  'nls_utf8',
  'button',
  'evdev',
  'gpio_keys',
  'gpio_pl061',
  'pl061',
  'qemu_fw_cfg',
  'pvpanic_pci',
  'virtiofs',
  'overlay',
  'rtc_pl031',
  'rtc_efi',
  'efivarfs',
  'af_packet',
  'failover',
  'net_failover',
];

const PROGRAMS = [
  'usr/sbin/dropbear',
  'usr/bin/dropbearkey',
  'usr/bin/dropbearconvert',
  'usr/lib/openssh/sftp-server',
  'usr/sbin/qemu-ga',
];

/** Of Python what the program needs that tells a restored guest who it is. */
const PYTHON_PACKAGES = ['collections', 'encodings', 'importlib', 'json', 're'];
const PYTHON_EXTENSIONS = /^(_json|_struct|_posixsubprocess|_opcode|binascii|fcntl|grp|math|pwd|select)\./;

const readable = (path: string) => readdir(path).catch(() => [] as string[]);

/** Lays out tiny's root directory from unpacked packages; everything under /usr, with links from the old places. */
export const layOutTinyRoot = async (
  unpacked: string,
  modulesDir: string,
  triplet: string,
  root: string,
): Promise<void> => {
  for (const dir of [
    'usr/bin',
    `usr/lib/${triplet}/security`,
    'usr/lib/openssh',
    'dev',
    'proc',
    'sys',
    'run',
    'tmp',
    'root',
    'home',
    'mnt',
    'data',
    'var/lib',
    'etc',
  ]) {
    await mkdir(join(root, dir), { recursive: true, mode: 0o755 });
  }
  await chmod(join(root, 'root'), 0o700);
  await mkdir(join(root, 'var/log'));
  for (const [link, target] of [
    ['bin', 'usr/bin'],
    ['sbin', 'usr/bin'],
    ['lib', 'usr/lib'],
    ['lib64', 'usr/lib'],
    ['usr/sbin', 'bin'],
    ['usr/lib64', 'lib'],
    ['var/run', '../run'],
    ['var/tmp', '../tmp'],
    ['etc/resolv.conf', '../run/resolv.conf'],
    ['usr/lib/sftp-server', 'openssh/sftp-server'],
  ] as const) {
    await symlink(target, join(root, link));
  }
  for (const lib of ['lib', 'usr/lib', 'lib64', 'usr/lib64', `lib/${triplet}`, `usr/lib/${triplet}`]) {
    const into = lib.endsWith(triplet) ? `usr/lib/${triplet}` : 'usr/lib';
    for (const file of await readable(join(unpacked, lib))) {
      if (/\.so(\.|$)/.test(file))
        await cp(join(unpacked, lib, file), join(root, into, file), { verbatimSymlinks: true, force: true });
    }
  }
  for (const base of ['lib', 'usr/lib']) {
    await cp(
      join(unpacked, base, triplet, 'security/pam_permit.so'),
      join(root, `usr/lib/${triplet}/security/pam_permit.so`),
    ).catch(() => undefined);
  }
  for (const program of PROGRAMS) await cp(join(unpacked, program), join(root, program));
  await cp(join(unpacked, 'usr/bin/sudo'), join(root, 'usr/bin/sudo'));
  await chmod(join(root, 'usr/bin/sudo'), 0o4755);
  for (const dir of ['usr/libexec/sudo', 'usr/lib/sudo']) {
    await cp(join(unpacked, dir), join(root, dir), { recursive: true, verbatimSymlinks: true }).catch(() => undefined);
  }
  await installPython(unpacked, root);
  await installBusybox(unpacked, root);
  await installModules(modulesDir, root);
  await writeTemplateFiles(await templateFiles('tiny'), root);
};

const installPython = async (unpacked: string, root: string): Promise<void> => {
  const program = (await readable(join(unpacked, 'usr/bin'))).find((name) => /^python3\.\d+$/.test(name));
  if (program === undefined) return fail('image.build-failed', 'the packages of tiny bring no Python');
  await cp(join(unpacked, 'usr/bin', program), join(root, 'usr/bin', program));
  await symlink(program, join(root, 'usr/bin/python3'));
  const from = join(unpacked, 'usr/lib', program);
  const into = join(root, 'usr/lib', program);
  const files = (await readable(from)).filter((name) => name.endsWith('.py') && name !== 'sitecustomize.py');
  const extensions = (await readable(join(from, 'lib-dynload'))).filter((name) => PYTHON_EXTENSIONS.test(name));
  for (const name of [...files, ...PYTHON_PACKAGES, ...extensions.map((file) => join('lib-dynload', file))]) {
    await cp(join(from, name), join(into, name), { recursive: true, dereference: true });
  }
};

export const busyboxPath = async (unpacked: string): Promise<string> =>
  (await readable(join(unpacked, 'usr/bin'))).includes('busybox')
    ? join(unpacked, 'usr/bin/busybox')
    : join(unpacked, 'bin/busybox');

const installBusybox = async (unpacked: string, root: string): Promise<void> => {
  const program = await readFile(await busyboxPath(unpacked));
  await writeFile(join(root, 'usr/bin/busybox'), program, { mode: 0o755 });
  const taken = new Set(await readdir(join(root, 'usr/bin')));
  for (const applet of new Set([...busyboxApplets(program), 'init'])) {
    if (!taken.has(applet)) await symlink('busybox', join(root, 'usr/bin', applet));
  }
};

const installModules = async (modulesDir: string, root: string): Promise<void> => {
  const modules = await moduleClosure(modulesDir, MODULES);
  await mkdir(join(root, 'usr/lib/sysmonvm/modules'), { recursive: true });
  for (const module of modules)
    await writeFile(join(root, `usr/lib/sysmonvm/modules/${module.name}.ko`), module.content);
  const order = modules.map((module) => `/usr/lib/sysmonvm/modules/${module.name}.ko\n`).join('');
  await writeFile(join(root, 'usr/lib/sysmonvm/modules.order'), order);
};
