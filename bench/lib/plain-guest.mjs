import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { overSsh, secondsToBanner } from './guest.mjs';
import { ended, freePort, projectRoot } from './sandbox.mjs';

const deadlineSeconds = 900;
const run = (/** @type {string} */ command, /** @type {readonly string[]} */ args) =>
  execFileSync(command, args, { stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' });

/** A key pair of a bench. @param {string} directory @returns {{ key: string, publicKey: string }} */
export function makeKey(directory) {
  const key = join(directory, 'id_ed25519');
  run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
  return { key, publicKey: readFileSync(`${key}.pub`, 'utf8').trim() };
}

/** The seed that the documentation of cloud-init shows: a user with a key, and no more. @param {string} directory @param {string} publicKey */
export function makePlainSeed(directory, publicKey) {
  const files = join(directory, 'plain-seed');
  mkdirSync(files);
  writeFileSync(join(files, 'meta-data'), 'instance-id: bench\nlocal-hostname: bench\n');
  writeFileSync(
    join(files, 'user-data'),
    [
      '#cloud-config',
      'users:',
      '  - name: bench',
      '    shell: /bin/bash',
      '    sudo: "ALL=(ALL) NOPASSWD:ALL"',
      '    ssh_authorized_keys:',
      `      - ${publicKey}`,
      '',
    ].join('\n'),
  );
  const seed = join(directory, 'plain-seed.iso');
  const names = ['user-data', 'meta-data'].map((name) => join(files, name));
  run('genisoimage', ['-quiet', '-output', seed, '-volid', 'cidata', '-joliet', '-rock', ...names]);
  return seed;
}

/** The machine as a person writes it down: nothing chosen for speed. @param {{ accelerator: string, cpus: string, memoryMib: number }} size */
export function plainMachine({ accelerator, cpus, memoryMib }) {
  const tcg = accelerator === 'tcg';
  return [
    '-machine',
    'q35',
    '-accel',
    tcg ? 'tcg,thread=multi' : accelerator,
    '-cpu',
    tcg ? 'max' : 'host',
    '-smp',
    cpus,
    '-m',
    String(memoryMib),
    '-display',
    'none',
    '-device',
    'virtio-rng-pci',
  ];
}

/** @param {number} port */
export const plainNetwork = (port) => [
  '-netdev',
  `user,id=net0,hostfwd=tcp:127.0.0.1:${port}-:22`,
  '-device',
  'virtio-net-pci,netdev=net0',
];

/** Firmware and its variables, copied as they are. @param {{ codePath: string, varsTemplatePath: string, varsFormat: string, codeFormat: string }} firmware @param {string} directory */
export function plainFirmware(firmware, directory) {
  const vars = join(directory, 'plain-vars.fd');
  copyFileSync(firmware.varsTemplatePath, vars);
  return [
    '-drive',
    `if=pflash,unit=0,format=${firmware.codeFormat},readonly=on,file=${firmware.codePath}`,
    '-drive',
    `if=pflash,unit=1,format=${firmware.varsFormat},file=${vars}`,
  ];
}

/** @param {string} base @param {'qcow2' | 'raw'} format @param {string} overlay */
export function freshOverlay(base, format, overlay) {
  run('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', base, '-F', format, overlay]);
  return ['-drive', `if=virtio,format=qcow2,file=${overlay}`];
}

/** The recipe of debian-12 without its trimming, built once and cached. @param {import('./sandbox.mjs').Sandbox} sandbox */
export function untrimmedImage(sandbox) {
  const { images } = JSON.parse(readFileSync(join(projectRoot, 'images.lock.json'), 'utf8'));
  const arch = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
  const id = 'debian-12-untrimmed';
  const trimmed = images.find(
    (/** @type {{ id: string, arch: string }} */ image) => image.id === 'debian-12' && image.arch === arch,
  );
  return sandbox.fetchExtraImage({ ...trimmed, id, recipe: id, name: 'Debian 12, built on this host, untrimmed' }).path;
}

/** Ends when cloud-init has written its result. The words of an error count as a failure, as they do for `vm-start`. */
const waitForCloudInit =
  'while [ ! -s /run/cloud-init/result.json ]; do sleep 0.2; done; cat /run/cloud-init/result.json';

/**
 * Boots a guest with these arguments until it is ready as `vm-start` means it: banner, login, cloud-init finished.
 * @param {import('./sandbox.mjs').Sandbox} sandbox
 * @param {{ qemu: string, args: (port: number) => readonly string[], user: string, key: string, cloudInit: boolean }} wanted
 */
export async function bootPlain(sandbox, { qemu, args, user, key, cloudInit }) {
  const port = await freePort();
  const startedAt = performance.now();
  const child = sandbox.spawn(qemu, [...args(port)], { cwd: sandbox.root, stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr?.on('data', (text) => {
    stderr += String(text);
  });
  try {
    const alive = () => child.exitCode === null && child.signalCode === null;
    const banner = await secondsToBanner({ port, startedAt, deadlineSeconds, alive });
    const command = cloudInit ? waitForCloudInit : 'true';
    const said = await overSsh({ port, user, key, command, deadlineSeconds });
    const ready = (performance.now() - startedAt) / 1000;
    const errors = cloudInit ? (JSON.parse(said).v1?.errors ?? []) : [];
    if (errors.length > 0) throw new Error(`cloud-init of the plain guest failed: ${errors.join('; ')}`);
    return { banner, ready };
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : error}${stderr === '' ? '' : `\n${stderr}`}`);
  } finally {
    await ended(child, 'SIGKILL');
  }
}

/**
 * The sources of this host that the distribution's archive keyring signs, as a file for mmdebstrap: a host may hold
 * others, and not all of them resolve. None: mmdebstrap takes its default.
 * @param {string} directory
 */
function sourcesOfArchive(directory) {
  const stanzas = readdirSync('/etc/apt/sources.list.d')
    .filter((name) => name.endsWith('.sources'))
    .flatMap((name) => readFileSync(join('/etc/apt/sources.list.d', name), 'utf8').split(/\n\s*\n/))
    .filter((stanza) => /^Signed-By:.*debian-archive/im.test(stanza));
  const lines = existsSync('/etc/apt/sources.list') ? readFileSync('/etc/apt/sources.list', 'utf8') : '';
  const entries = lines.split('\n').filter((line) => /^deb\s/.test(line) && !/signed-by/.test(line));
  const text = stanzas.length > 0 ? stanzas.join('\n\n') : entries.join('\n');
  if (text === '') return [];
  const file = join(directory, stanzas.length > 0 ? 'floor.sources' : 'floor.list');
  writeFileSync(file, `${text.trim()}\n`);
  return [file];
}

/**
 * The floor: an image of debvm-create, without cloud-init, whose kernel QEMU loads itself. It is made once and kept.
 * @param {string} directory where it is kept
 * @param {string} publicKey
 */
export function makeFloorImage(directory, publicKey) {
  try {
    run('which', ['debvm-create']);
  } catch {
    throw new Error('--floor needs debvm-create: apt-get install debvm');
  }
  const key = join(directory, 'floor.pub');
  writeFileSync(key, `${publicKey}\n`);
  const image = join(directory, 'floor.ext4');
  run('debvm-create', ['-k', key, '-o', image, '-r', 'bookworm', '-z', '2G', '--', ...sourcesOfArchive(directory)]);
  for (const [link, file] of [
    ['vmlinuz', 'floor-vmlinuz'],
    ['initrd.img', 'floor-initrd'],
  ]) {
    const stat = run('debugfs', ['-R', `stat /${link}`, image]);
    const path = /Fast link dest: "([^"]+)"/.exec(stat)?.[1];
    if (path === undefined) throw new Error(`/${link} of the floor image is no link to a kernel`);
    run('debugfs', ['-R', `dump /${path.replace(/^\//, '')} ${join(directory, file)}`, image]);
  }
  return { image, kernel: join(directory, 'floor-vmlinuz'), initrd: join(directory, 'floor-initrd') };
}
