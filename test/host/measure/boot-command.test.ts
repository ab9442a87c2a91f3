import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BootTime } from '../../../src/core/measure/boot/boot-artifacts.ts';
import { resultSetSchema } from '../../../src/core/measure/result-set-schema.ts';
import { bootSector, pause } from '../../support/boot-sector.ts';
import { smallGuests } from '../../support/unpacked-media.ts';
import { Workbench } from '../../support/workbench.ts';

const words = `${pause}\r\nOWN booting\r\nMETRIC boot_time_ns=1234567\r\n${pause}OWN ready\r\nown> `;
const table = `name: own
markers:
  - { name: starts, pattern: ^OWN booting }
  - { name: prompt, pattern: '^own> $' }
end: prompt
`;
const artifacts = ['boot.log', 'boot_time.json', 'qemu-debug.log', 'resource_timeseries.csv'];
const boot = ['bench', 'boot', '--arch', 'i386', '--disk', 'own.img'];

let bench: Workbench;
let folder: string;
const file = (...names: string[]) => readFileSync(join(folder, ...names), 'utf8');
const bootTime = (...names: string[]) => JSON.parse(file(...names, 'boot_time.json')) as BootTime;

const isoName = 'minix_R3.4.0rc6.iso';
const projectRoot = join(import.meta.dirname, '../../..');
const rawInput = /^(boot-report|measurements)-/;

beforeAll(async () => {
  bench = await Workbench.make();
  folder = join(bench.root, 'project');
  mkdirSync(folder);
  writeFileSync(join(folder, 'own.img'), Buffer.concat([bootSector(words), Buffer.alloc(1024 * 1024)]));
  writeFileSync(join(folder, 'own.yaml'), table);
  const sector = bootSector(`${pause}\r\nMINIX 3.4.0. Copyright\r\n${pause}minix login: `);
  mkdirSync(join(folder, 'tree'));
  writeFileSync(join(folder, 'tree/boot.img'), Buffer.concat([sector, Buffer.alloc(1536)]));
  const eltorito = ['-b', 'boot.img', '-no-emul-boot', '-boot-load-size', '4'];
  execFileSync('xorriso', ['-as', 'mkisofs', '-quiet', ...eltorito, '-o', isoName, 'tree'], { cwd: folder });
});
afterAll(() => bench.dispose());

describe('bench boot of a kernel of 512 bytes', () => {
  it('keeps every boot with its artifacts, and its values are those of the markers [M-13] [M-14] [M-15] [M-39]', async () => {
    const asked = [...boot, '--markers', 'own.yaml', '--iterations', '2', '--label', 'nightly', '--out', 'm'];
    const { code, stderr } = await bench.run([...asked, '--mem', '64M', '--smp', '1'], { cwd: folder });
    expect(stderr).not.toContain('error');
    expect(code).toBe(0);
    const runs = readdirSync(join(folder, 'm/own/i386/runs')).sort();
    expect(runs).toEqual([expect.stringMatching(/^nightly-\d{8}T\d{6}Z-1$/), expect.stringMatching(/Z-2$/)]);
    const boots = runs.map((run) => bootTime('m/own/i386/runs', run));
    for (const run of runs) {
      const kept = readdirSync(join(folder, 'm/own/i386/runs', run)).sort();
      expect(kept.filter((name) => !rawInput.test(name))).toEqual(artifacts);
      expect(kept.filter((name) => rawInput.test(name))).toHaveLength(2);
    }
    // However short the boot was, it is told what QEMU used until the end of it.
    expect(boots.every(({ usage }) => (usage.cpuSeconds ?? 0) > 0)).toBe(true);
    expect(readdirSync(join(folder, 'm/own/i386')).sort()).toEqual([...artifacts, 'results', 'runs', 'summary.json']);
    const [name = ''] = readdirSync(join(folder, 'm/own/i386/results'));
    const { series, attempts } = resultSetSchema.parse(JSON.parse(file('m/own/i386/results', name)));
    expect(attempts.map(({ outcome }) => outcome)).toEqual(['completed', 'completed']);
    const valuesOf = (metric: string) => series.find((one) => one.metric === metric)?.values.map(Math.round);
    expect(valuesOf('boot_total')).toEqual(boots.map(({ boot_duration_ms }) => boot_duration_ms));
    expect(valuesOf('boot_to_starts')).toEqual(boots.map(({ markers }) => Math.round((markers['starts'] ?? 0) * 1000)));
    expect(valuesOf('boot_time_ns')).toEqual([1234567, 1234567]);
    expect(boots[0]).toMatchObject({
      marker_table: 'own',
      machine: { arch: 'i386', network: 'none', memoryMib: 64, cpus: 1, acceleratorReason: expect.any(String) },
    });
    const argv = file('m/own/i386/qemu-debug.log');
    expect(argv).toContain('"-nic" "none"');
    expect(argv).toContain('snapshot=on');
  });

  it('counts a boot without its end marker as a timeout, which has no value [M-04] [E.3-1]', async () => {
    const { code, stdout } = await bench.run(
      [...boot, '--markers', 'linux', '--timeout', '2s', '--out', 'late', '--json'],
      { cwd: folder },
    );
    expect(code).toBe(6);
    expect(JSON.parse(stdout)).toMatchObject({
      runs: [{ outcome: 'timeout', failure: { code: 'media.boot-timeout' } }],
      result: { series: [], attempts: [{ outcome: 'timeout' }] },
    });
    expect(bootTime('late/own/i386')).toMatchObject({ outcome: 'timeout', boot_duration_ms: null });
  });

  it('runs in a container, whose image is recorded and whose QEMU is sampled [M-02] [M-03] [M-40]', async () => {
    const engine = join(folder, 'docker');
    copyFileSync(new URL('../../fixtures/container-engine.sh', import.meta.url), engine);
    const { code, stderr } = await bench.run(
      [...boot, '--markers', 'own.yaml', '--docker', '--image', 'qemu-image:7', '--out', 'boxed'],
      { cwd: folder, env: { PATH: `${folder}:${bench.env['PATH']}` } },
    );
    expect(stderr).not.toContain('error');
    expect(code).toBe(0);
    const { machine, usage } = bootTime('boxed/own/i386');
    expect(machine?.container).toBe('docker qemu-image:7');
    expect(usage.samples).toBeGreaterThan(0);
    const calls = file('docker.calls').split('\n');
    const started = calls.find((call) => call.startsWith('run --rm --interactive'));
    expect(started).toContain(`--mount type=bind,source=${folder}/own.img,target=${folder}/own.img,readonly`);
    expect(calls).toContainEqual(expect.stringMatching(/^rm --force sysmonvm-bench-/));
  });

  it('boots an ISO that is told nothing but its name, and only reads it [M-01] [M-46]', async () => {
    const asked = ['bench', 'boot', '--iso', join(folder, isoName), '--out', 'metrics'];
    const { code, stderr } = await bench.run(asked, { cwd: folder });
    expect(stderr).not.toContain('error');
    expect(code).toBe(0);
    const { markers, marker_table, boot_duration_ms } = bootTime('metrics/minix_R3.4.0rc6/i386');
    expect(marker_table).toBe('minix');
    expect(Object.keys(markers)).toEqual(expect.arrayContaining(['kernel_starts', 'shell_prompt']));
    expect(boot_duration_ms).toBe(Math.round((markers['shell_prompt'] ?? 0) * 1000));
    expect(file('metrics/minix_R3.4.0rc6/i386/qemu-debug.log')).toMatch(/media=cdrom,readonly=on/);
  });

  it('five labelled runs below METRICS_DIR are its history, the latest one beside it [M-17] [M-47] [M-61]', async () => {
    const env = { METRICS_DIR: join(folder, 'kept') };
    const asked = ['bench', 'boot', '--iso', isoName, '--iterations', '5', '--label', 'nightly'];
    expect(await bench.run(asked, { cwd: folder, env })).toMatchObject({ code: 0 });
    const place = 'kept/minix_R3.4.0rc6/i386';
    const runs = readdirSync(join(folder, place, 'runs')).sort();
    expect(runs.map((run) => run.replace(/\d{8}T\d{6}Z/, 'TIME'))).toEqual(
      [1, 2, 3, 4, 5].map((run) => `nightly-TIME-${run}`),
    );
    for (const name of artifacts) expect(file(place, name)).toBe(file(place, 'runs', runs[4] ?? '', name));
    const { stdout } = await bench.run(['bench', 'history', '--metric', 'boot_total', '--json'], { env });
    expect(JSON.parse(stdout)).toMatchObject({ series: [{ metric: 'boot_total', points: [{ label: 'nightly' }] }] });
  });

  it('make minix-install answers on the console and leaves an installed disk [M-58] [M-62]', () => {
    const answers = [
      'steps:',
      '  - { name: menu, expect: highlighted entry, send: c, enter: false, timeout: 60s }',
      "  - { name: prompt, expect: 'grub>', send: ls, timeout: 60s }",
      "  - { name: the disk is there, expect: '\\(hd0\\)', timeout: 20s }",
    ];
    writeFileSync(join(folder, 'answers.yaml'), `${answers.join('\n')}\n`);
    const at = (name: string) => join(folder, name);
    const given = { ISO: smallGuests().grubIso, DISK: at('disk.qcow2'), SIZE: '1G', SCRIPT: at('answers.yaml') };
    const more = { WORKSPACE: bench.workspace, ARGS: `--markers grub-rescue --out ${at('installed')}` };
    const variables = Object.entries({ ...given, ...more }).map(([name, value]) => `${name}=${value}`);
    execFileSync('make', ['-s', 'minix-install', ...variables], { cwd: projectRoot, env: bench.env, stdio: 'pipe' });
    const shown = execFileSync('qemu-img', ['info', '--output=json', at('disk.qcow2')], { encoding: 'utf8' });
    expect(JSON.parse(shown)).toMatchObject({ format: 'qcow2', 'virtual-size': 1024 ** 3 });
    expect(file('installed/minix/i386/boot.log')).toContain('(hd0)');
  });

  it.each([
    ['an ISO that is none', 2, ['bench', 'boot', '--iso', 'own.img']],
    ['an architecture without machine', 3, ['bench', 'boot', '--disk', 'own.img', '--arch', 'sparc']],
    ['a fork of a medium', 2, [...boot, '--warm']],
    ['a second image', 2, [...boot, '--image', 'debian-12']],
  ])('refuses %s before anything is made [M-04]', async (_, expected, asked) => {
    const { code } = await bench.run([...asked, '--out', 'refused'], { cwd: folder });
    expect(code).toBe(expected);
    expect(readdirSync(folder)).not.toContain('refused');
  });
});
