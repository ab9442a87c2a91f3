import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { bootByVirtInstall, startLibvirt } from './libvirt.mjs';
import {
  bootPlain,
  freshOverlay,
  makeFloorImage,
  makePlainSeed,
  plainFirmware,
  plainMachine,
  plainNetwork,
  untrimmedImage,
} from './plain-guest.mjs';
import { timedRun } from './warm-runs.mjs';

/**
 * Cold starts to compare with, each kind `count` times. What cannot be measured here says why instead.
 * @typedef {{ what: string, runs: readonly { startUp?: number, banner?: number, command: number }[], why?: string }} ColdStarts
 * @param {import('./sandbox.mjs').Sandbox} sandbox
 * @param {{ count: number, size: readonly string[], memoryMib: number, key: string, publicKey: string, plan: any, note: (text: string) => void }} wanted
 */
export async function coldStarts(sandbox, { count, size, memoryMib, key, publicKey, plan, note }) {
  /** @param {string} what @param {() => Promise<() => Promise<any>>} prepare @returns {Promise<ColdStarts>} */
  const measured = async (what, prepare) => {
    if (count === 0) return { what, runs: [] };
    try {
      const start = await prepare();
      const runs = [];
      for (let index = 0; index < count; index++) {
        note(`${what}, ${index + 1} of ${count}`);
        runs.push(await start());
      }
      return { what, runs };
    } catch (error) {
      return { what, runs: [], why: String(error instanceof Error ? error.message : error).split('\n')[0] ?? '' };
    }
  };
  const accelerator = plan.accelerator.value;
  const cpus = String(plan.cpus.value);
  const machine = plainMachine({ accelerator, cpus, memoryMib });
  const overlay = join(sandbox.root, 'plain.qcow2');
  const x86 = () => {
    if (plan.arch !== 'x86_64') throw new Error('this bench starts it for x86_64 only');
  };
  const plain = async (
    /** @type {readonly string[]} */ args,
    /** @type {string} */ user,
    /** @type {boolean} */ cloudInit,
  ) => {
    const withNetwork = (/** @type {number} */ port) => [...args, ...plainNetwork(port)];
    const { banner, ready } = await bootPlain(sandbox, {
      qemu: plan.qemu.path,
      args: withNetwork,
      user,
      key,
      cloudInit,
    });
    return { banner, command: ready };
  };
  const fresh = (/** @type {string} */ image, /** @type {'qcow2' | 'raw'} */ format) => {
    rmSync(overlay, { force: true });
    return freshOverlay(image, format, overlay);
  };
  const firmware = plan.firmware;
  const seed = makePlainSeed(sandbox.root, publicKey);
  const trimmed = await measured('own cold start, trimmed', async () => {
    let index = 0;
    return async () => {
      const { asked, spawned, marks, answered } = await timedRun(sandbox, `cold-${index++}`, [...size, '--via', 'ssh']);
      return {
        startUp: (spawned - asked) / 1000,
        banner: ((marks['ssh-banner'] ?? Number.NaN) - spawned) / 1000,
        command: (answered - spawned) / 1000,
      };
    };
  });
  const untrimmed = await measured('untrimmed recipe, UEFI, plain QEMU', async () => {
    x86();
    const image = untrimmedImage(sandbox);
    return () =>
      plain(
        [
          ...machine,
          ...plainFirmware(firmware, sandbox.root),
          ...fresh(image, 'qcow2'),
          ...['-drive', `if=virtio,format=raw,readonly=on,file=${seed}`],
          ...['-serial', `file:${join(sandbox.root, 'plain-console.log')}`],
        ],
        'bench',
        true,
      );
  });
  const floor = await measured('debvm-create, kernel boot, no cloud-init', async () => {
    x86();
    const { image, kernel, initrd } = makeFloorImage(sandbox.root, publicKey);
    return () =>
      plain(
        [
          ...machine,
          ...fresh(image, 'raw'),
          ...['-kernel', kernel, '-initrd', initrd, '-append', 'root=LABEL=debvm rw console=ttyS0'],
          ...['-serial', `file:${join(sandbox.root, 'floor-console.log')}`],
        ],
        'root',
        false,
      );
  });
  const libvirt = await measured('our image under virt-install (libvirt)', async () => {
    x86();
    const own = await startLibvirt(sandbox);
    const { image } = sandbox.json(['fetch-image', '--image', plan.image.value.id]);
    const guest = { image: image.path, seed, key, cpus, memoryMib, accelerator, firmware };
    return async () => {
      const { startUp, banner, ssh } = await bootByVirtInstall(own, guest);
      return { startUp, banner, command: ssh };
    };
  });
  return { trimmed, untrimmed, floor, libvirt };
}
