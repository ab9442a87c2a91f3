import { chmod, copyFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ProbeRun } from '../../../src/core/facts/accelerator-probe.ts';
import {
  acceleratorVerdict,
  type VerdictDeps,
  type VerdictRequest,
} from '../../../src/host/facts/accelerator-verdict.ts';
import { createHostFactsSource } from '../../../src/host/facts/host-facts-source.ts';
import { createJsonCache } from '../../../src/host/facts/json-cache.ts';
import { launchProbe } from '../../../src/host/facts/launch-probe.ts';
import { createProcessRunner } from '../../../src/host/process/process-runner.ts';
import { strictPrograms } from '../../support/strict-programs.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const runner = createProcessRunner();
const env = { PATH: process.env['PATH'] ?? '' };
const hostArch = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
const qemuOf = async (arch: string): Promise<string> => {
  const path = await runner.which(`qemu-system-${arch}`);
  if (path === undefined) throw new Error(`qemu-system-${arch} is needed by this test: sysmonvm host-setup`);
  return path;
};
/** A temporary directory of this test alone: what the probe leaves is seen. */
async function ownTemporaryDirectory(): Promise<() => Promise<string[]>> {
  const directory = await temporaryDirectory();
  vi.stubEnv('TMPDIR', directory);
  return () => readdir(directory);
}

afterEach(() => vi.unstubAllEnvs());

describe('the guest code under emulation', () => {
  it.each(['x86_64', 'aarch64'] as const)('answers on %s with what only 64-bit code can compute', async (arch) => {
    const left = await ownTemporaryDirectory();
    const launch = { qemuPath: await qemuOf(arch), arch, accelerator: 'tcg', env } as const;
    // The answer is a product of a fresh nonce; three launches, so that none can be a leftover.
    for (let index = 0; index < 3; index += 1) {
      expect(await launchProbe({ ...launch, timeLimitMs: 20_000 })).toMatchObject({ answered: true, timedOut: false });
    }
    expect(await left()).toEqual([]);
  });

  it('is ended at the time limit and its files are removed', async () => {
    const started = Date.now();
    const program = join(await temporaryDirectory(), 'silent-qemu');
    const left = await ownTemporaryDirectory();
    await writeFile(program, '#!/bin/sh\nexec sleep 60\n');
    await chmod(program, 0o755);
    const run = await launchProbe({ qemuPath: program, arch: 'x86_64', accelerator: 'kvm', env, timeLimitMs: 300 });
    expect(run).toMatchObject({ answered: false, timedOut: true });
    expect(Date.now() - started).toBeLessThan(3_000);
    expect(await left()).toEqual([]);
  });

  it('says when QEMU cannot be started at all, and stops when it is cancelled', async () => {
    const launch = { arch: 'x86_64', accelerator: 'kvm', env } as const;
    const run = await launchProbe({ ...launch, qemuPath: '/nonexistent/qemu' });
    expect(run).toMatchObject({ answered: false, timedOut: false });
    expect(run.exitCode).toBe(127);
    expect(run.stderr).toContain('/nonexistent/qemu');
    const reason = new Error('enough');
    await expect(
      launchProbe({ ...launch, qemuPath: await qemuOf('x86_64'), signal: AbortSignal.abort(reason) }),
    ).rejects.toBe(reason);
  });
});

describe('the verdict on this host', () => {
  it('is reached within 3.5 s, explained, and free when it is cached', async () => {
    const source = createHostFactsSource({ runner, cacheDir: await temporaryDirectory(), env: process.env });
    await source.collect(hostArch);
    const fresh = await source.probeAccelerator(hostArch, { refresh: true });
    expect(fresh).toBeDefined();
    expect(fresh?.tookMs).toBeLessThan(3_500);
    expect(fresh?.reason).toBeTruthy();
    if (fresh?.usable === false) expect(fresh.remedy).toBeTruthy();
    const again = await source.probeAccelerator(hostArch);
    expect(again).toMatchObject({ usable: fresh?.usable, reason: fresh?.reason });
    expect(again?.tookMs).toBeLessThan(250);
    const other = hostArch === 'x86_64' ? 'aarch64' : 'x86_64';
    expect(await source.probeAccelerator(other)).toBeUndefined();
  });

  it('says what is wrong with /dev/kvm when it is not there, and does not remember it', async () => {
    const cacheDir = await temporaryDirectory();
    const kvmDevice = join(cacheDir, 'no-kvm');
    const source = createHostFactsSource({ runner, cacheDir, env: process.env, platform: 'linux', kvmDevice });
    expect(await source.probeAccelerator(hostArch)).toMatchObject({ usable: false, cached: false });
    expect((await source.probeAccelerator(hostArch))?.reason).toContain('does not exist');
  });
});

describe('what the verdict depends on', () => {
  const qemu = { path: '/q', version: '10.0', digest: 'sha256:1' };
  const request: VerdictRequest = { arch: 'x86_64', qemu, release: '6.1', cpuModel: 'EPYC', refresh: false };
  const run = (more: Partial<ProbeRun>): ProbeRun => ({
    answered: false,
    timedOut: false,
    exitCode: 1,
    signal: undefined,
    stderr: '',
    ...more,
  });

  async function world(answer: ProbeRun) {
    const state = { launches: 0, boot: 'boot-1', now: 1_000_000, answer };
    const cache = createJsonCache(await temporaryDirectory());
    const deps: VerdictDeps = {
      platform: 'linux',
      cache,
      bootId: async () => state.boot,
      lookAtKvm: async () => ({ state: 'open' }),
      hvSupport: async () => '1',
      entitled: async () => true,
      launch: async () => {
        state.launches += 1;
        return state.answer;
      },
      now: () => state.now,
    };
    return { state, deps };
  }

  it('QEMU, kernel, processor and boot: each a reason to ask again; nothing else is', async () => {
    const { state, deps } = await world(run({ answered: true, exitCode: 0 }));
    expect(await acceleratorVerdict(deps, request)).toMatchObject({ usable: true, cached: false });
    expect(await acceleratorVerdict(deps, request)).toMatchObject({ usable: true, cached: true });
    expect(state.launches).toBe(1);
    await acceleratorVerdict(deps, { ...request, qemu: { ...qemu, digest: 'sha256:2' } });
    await acceleratorVerdict(deps, { ...request, release: '6.2' });
    await acceleratorVerdict(deps, { ...request, cpuModel: 'Xeon' });
    state.boot = 'boot-2';
    await acceleratorVerdict(deps, request);
    await acceleratorVerdict(deps, { ...request, refresh: true });
    expect(state.launches).toBe(6);
  });

  it('a refusal is remembered; silence only for ten minutes', async () => {
    const refused = await world(run({ stderr: 'failed to set MSR 0x10a', exitCode: undefined, signal: 'SIGABRT' }));
    await acceleratorVerdict(refused.deps, request);
    refused.state.now += 86_400_000;
    expect(await acceleratorVerdict(refused.deps, request)).toMatchObject({ usable: false, cached: true });

    const silent = await world(run({ timedOut: true, exitCode: undefined, signal: 'SIGKILL' }));
    await acceleratorVerdict(silent.deps, request);
    silent.state.now += 9 * 60_000;
    expect(await acceleratorVerdict(silent.deps, request)).toMatchObject({ cached: true });
    silent.state.now += 2 * 60_000;
    silent.state.answer = run({ answered: true });
    expect(await acceleratorVerdict(silent.deps, request)).toMatchObject({ usable: true, cached: false });
  });

  it('no QEMU, or a device that may not be opened: nothing is launched', async () => {
    const { state, deps } = await world(run({ answered: true }));
    expect(await acceleratorVerdict(deps, { ...request, qemu: undefined })).toMatchObject({
      usable: false,
      remedy: 'sysmonvm host-setup',
    });
    const denied = {
      state: 'denied',
      userName: 'ada',
      ownerName: 'root',
      groupName: 'kvm',
      mode: 0o660,
      listedInGroup: false,
    } as const;
    const verdict = await acceleratorVerdict({ ...deps, lookAtKvm: async () => denied }, request);
    expect(verdict.remedy).toContain('usermod -aG kvm ada');
    expect(state.launches).toBe(0);
  });
});

describe('a Mac, of strict fakes [R-18]', () => {
  const qemuSource = fileURLToPath(new URL('../../fixtures/hvf-qemu.sh', import.meta.url));
  const vmStat =
    'Mach Virtual Memory Statistics: (page size of 16384 bytes)\\nPages free: 100000.\\nPages inactive: 100000.\\nPages speculative: 0.';

  async function mac(mode: string, more: { readonly hvSupport?: string; readonly entitled?: boolean } = {}) {
    const programs = await strictPrograms();
    const path = join(programs.folder, 'qemu-system-aarch64');
    await copyFile(qemuSource, path);
    await chmod(path, 0o755);
    await writeFile(`${path}.mode`, `${mode}\n`);
    await programs.add('vm_stat', { args: '', out: vmStat });
    await programs.add(
      'sysctl',
      { args: '-n kern.hv_support', out: more.hvSupport ?? '1' },
      { args: '-n kern.bootsessionuuid', out: 'BOOT-UUID' },
    );
    const key = more.entitled === false ? 'get-task-allow' : 'com.apple.security.hypervisor';
    await programs.add('codesign', {
      args: `-d --entitlements - --xml ${path}`,
      out: `<plist><dict><key>${key}</key><true/></dict></plist>`,
    });
    await programs.add('hdiutil');
    const cacheDir = join(programs.folder, 'cache');
    await mkdir(cacheDir);
    const source = createHostFactsSource({
      runner: programs.runner,
      cacheDir,
      env: { PATH: process.env['PATH'] },
      platform: 'darwin',
      hostArch: 'aarch64',
      release: '24.6.0',
      home: programs.folder,
    });
    return { source, programs, path };
  }

  it('works: the guest code answers; facts name hvf and hdiutil', async () => {
    const { source } = await mac(`answers ${await qemuOf('aarch64')}`);
    const facts = await source.collect('aarch64');
    expect(facts).toMatchObject({
      platform: 'darwin',
      arch: 'aarch64',
      qemu: { version: '10.0.3' },
      accelerator: { name: 'hvf', usable: true },
      seedTool: { name: 'hdiutil' },
    });
    expect(facts.freeMemoryMib).toBe(3125);
    expect(await source.probeAccelerator('aarch64')).toMatchObject({ usable: true, cached: true });
    expect((await source.collect('x86_64')).accelerator).toBeUndefined();
  });

  it('hosted runner: kern.hv_support is 0, nothing is launched', async () => {
    const { source, programs } = await mac('hangs', { hvSupport: '0' });
    const verdict = await source.probeAccelerator('aarch64');
    expect(verdict).toMatchObject({ usable: false, accelerator: 'hvf' });
    expect(verdict?.reason).toContain('kern.hv_support is 0');
    expect(await programs.calls('qemu-system-aarch64')).toEqual(['--version']);
  });

  it('a binary without the entitlement is named, with the remedy', async () => {
    const { source, path } = await mac('refuses Error: ret = HV_DENIED (0xfae94007)', { entitled: false });
    const verdict = await source.probeAccelerator('aarch64');
    expect(verdict?.reason).toContain(`${path} lacks the entitlement com.apple.security.hypervisor`);
    expect(verdict?.remedy).toContain('codesign -s -');
  });

  it('entitled and refused all the same, as by QEMU 8.0.4: only the launch tells', async () => {
    const { source } = await mac('refuses qemu-system-aarch64: Error: Unknown Error');
    const verdict = await source.probeAccelerator('aarch64');
    expect(verdict).toMatchObject({ usable: false });
    expect(verdict?.reason).toContain('Unknown Error');
  });

  it('a guest that hangs costs 3 s', async () => {
    const { source } = await mac('hangs');
    const verdict = await source.probeAccelerator('aarch64');
    expect(verdict?.reason).toContain('no answer within 3 s');
    expect(verdict?.tookMs).toBeLessThan(3_500);
  });
});
