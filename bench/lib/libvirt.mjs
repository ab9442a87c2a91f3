import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { overSsh, secondsToBanner } from './guest.mjs';
import { spawnedAt } from './processes.mjs';
import { ended, freePort } from './sandbox.mjs';

const deadlineSeconds = 900;
const nobody = 65534;
const asRoot = process.getuid?.() === 0;

/**
 * A libvirt of this bench alone: a session daemon whose files lie in one directory. A session is an ordinary user's
 * business, so root runs it as nobody.
 * @param {import('./sandbox.mjs').Sandbox} sandbox
 */
export async function startLibvirt(sandbox) {
  for (const tool of ['libvirtd', 'virt-install', 'virsh'])
    if (spawnSync('which', [tool]).status !== 0)
      throw new Error(`${tool} is missing: apt-get install libvirt-daemon libvirt-daemon-driver-qemu virtinst`);
  const root = join(sandbox.root, 'libvirt');
  for (const name of ['', 'home', 'run']) mkdirSync(join(root, name), { mode: 0o700 });
  chmodSync(sandbox.root, 0o711);
  const env = {
    PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: join(root, 'home'),
    XDG_RUNTIME_DIR: join(root, 'run'),
    LANG: 'C.UTF-8',
  };
  const give = (/** @type {string} */ path) => asRoot && chownSync(path, nobody, nobody);
  for (const name of ['', 'home', 'run']) give(join(root, name));
  const prefix = asRoot ? ['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups'] : ['env'];
  const command = (/** @type {readonly string[]} */ words) => [...prefix, ...words];
  const run = (/** @type {readonly string[]} */ ...words) => {
    const [tool = '', ...args] = command(words.flat());
    return execFileSync(tool, args, { env, encoding: 'utf8', cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  };
  const [tool = '', ...args] = command(['libvirtd']);
  const daemon = sandbox.spawn(tool, args, { env, cwd: root });
  const virsh = (/** @type {readonly string[]} */ words) => run(['virsh', '-q', '-c', 'qemu:///session', ...words]);
  for (let tries = 0; ; tries++) {
    try {
      // The first question costs seconds: libvirt asks every QEMU what it can do. It is kept.
      virsh(['domcapabilities', '--virttype', 'qemu']);
      break;
    } catch (error) {
      if (tries > 20 || daemon.exitCode !== null) throw error;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
  return { root, run, virsh, give, stop: () => ended(daemon, 'SIGTERM') };
}

/**
 * One first boot of an image under virt-install, until the login works.
 * @param {Awaited<ReturnType<typeof startLibvirt>>} libvirt
 * @param {{ image: string, seed: string, key: string, cpus: string, memoryMib: number, accelerator: string, firmware: { codePath: string, varsTemplatePath: string } }} guest
 */
export async function bootByVirtInstall({ root, run, virsh, give }, guest) {
  const [base, seed, disk] = ['base.qcow2', 'seed.iso', 'disk.qcow2'].map((name) => join(root, name));
  for (const [from, to] of [
    [guest.image, base],
    [guest.seed, seed],
  ])
    if (!existsSync(to)) {
      copyFileSync(from, to);
      give(to);
    }
  rmSync(disk, { force: true });
  run(['qemu-img', 'create', '-q', '-f', 'qcow2', '-b', base, '-F', 'qcow2', disk]);
  const port = await freePort();
  const { codePath, varsTemplatePath } = guest.firmware;
  const tcg = guest.accelerator === 'tcg';
  const asked = Date.now();
  try {
    run(
      ['virt-install', '--connect', 'qemu:///session', '--name', 'bench', '--osinfo', 'debian11'],
      ['--memory', String(guest.memoryMib), '--vcpus', guest.cpus, '--virt-type', tcg ? 'qemu' : guest.accelerator],
      ['--machine', 'q35', '--cpu', tcg ? 'mode=maximum' : 'host-passthrough', '--import'],
      ['--disk', `path=${disk}`, '--disk', `path=${seed},bus=virtio,readonly=on,format=raw`],
      ['--boot', `loader=${codePath},loader.readonly=yes,loader.type=pflash,nvram.template=${varsTemplatePath}`],
      ['--graphics', 'none', '--noautoconsole', '--network', 'none'],
      [
        `--qemu-commandline=-netdev user,id=n0,hostfwd=tcp:127.0.0.1:${port}-:22 -device virtio-net-pci,netdev=n0,addr=0x1e`,
      ],
    );
    const pid = qemuOf('guest=bench,');
    const startedAt = performance.now() - (Date.now() - spawnedAt(pid));
    const alive = () => existsSync(`/proc/${pid}`);
    const banner = await secondsToBanner({ port, startedAt, deadlineSeconds, alive });
    await overSsh({ port, user: 'bench', key: guest.key, command: 'true', deadlineSeconds });
    return { startUp: (spawnedAt(pid) - asked) / 1000, banner, ssh: (performance.now() - startedAt) / 1000 };
  } finally {
    for (const words of [
      ['destroy', 'bench'],
      ['undefine', '--nvram', 'bench'],
    ]) {
      try {
        virsh(words);
      } catch {
        // It never came so far.
      }
    }
  }
}

/** @param {string} word that its command line holds */
function qemuOf(word) {
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const line = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0');
      if (/qemu-system/.test(line[0] ?? '') && line.some((argument) => argument.startsWith(word))) return Number(name);
    } catch {
      // Ended meanwhile.
    }
  }
  throw new Error('libvirt says that the machine runs, but there is no QEMU of it');
}
