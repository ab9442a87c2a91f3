import { describe, expect, it } from 'vitest';
import type { DoctorReport, Engine, HostSetupReport } from '../../../src/core/engine.ts';
import { errorCodes } from '../../../src/core/errors/codes.ts';
import { SysmonvmError } from '../../../src/core/errors/sysmonvm-error.ts';
import { documentSchemas } from '../../../src/core/wire/documents.ts';
import { fakeImages } from '../../support/fake-engine.ts';
import { cli } from '../../support/run-cli.ts';
import { bootStart } from '../../support/snapshots.ts';

const missing: HostSetupReport = {
  tools: [
    { tool: 'qemu-img', status: 'missing', required: true, neededFor: 'makes disks', package: 'qemu-utils' },
    { tool: 'ssh', status: 'present', required: true, version: '9.2', neededFor: 'opens shells', path: '/usr/bin/ssh' },
  ],
  install: { manager: 'apt', packages: ['qemu-utils'], commands: [['sudo', 'apt-get', 'install', '-y', 'qemu-utils']] },
  installed: false,
  workspace: { path: '/w', created: [] },
};
const { install: _install, ...complete } = { ...missing, tools: missing.tools.slice(1), installed: true };

describe('host-setup', () => {
  const engine = (asked: unknown[]): Partial<Engine> => ({
    hostSetup: async (options) => {
      asked.push(options);
      return options.check ? missing : complete;
    },
  });
  it('--check reports and ends with 1 when something is missing', async () => {
    const asked: unknown[] = [];
    const result = await cli(['host-setup', '--check'], { engine: engine(asked) });
    expect(result.code).toBe(1);
    expect(result.stdout).toMatch(/missing +qemu-img/);
    expect(result.stdout).toContain('  sudo apt-get install -y qemu-utils\n');
    expect(asked).toEqual([{ check: true, dryRun: false, interactive: false }]);
    documentSchemas['host-setup'].parse(
      (await cli(['host-setup', '--check', '--json'], { engine: engine([]) })).json(),
    );
  });
  it('--dry-run prints the commands and changes nothing', async () => {
    const asked: { check: boolean }[] = [];
    const result = await cli(['host-setup', '--dry-run'], { engine: engine(asked) });
    expect([result.code, asked.every((options) => options.check)]).toEqual([0, true]);
  });
  it('asks before it installs; --yes answers', async () => {
    const asked: unknown[] = [];
    expect((await cli(['host-setup'], { engine: engine(asked) })).code).toBe(2);
    expect(asked.length).toBe(1);
    const done = await cli(['host-setup', '--yes', '--json'], { engine: engine(asked) });
    expect(documentSchemas['host-setup'].parse(done.json()).installed).toBe(true);
    expect(done.code).toBe(0);
  });
  it.each([
    { how: 'after --yes', argv: ['host-setup', '--yes'], options: {} },
    { how: 'after an answer on a terminal', argv: ['host-setup'], options: { tty: true, input: 'y\n' } },
  ])('tells what it installs and that it is done, $how', async ({ argv, options }) => {
    const hostSetup: Engine['hostSetup'] = async ({ check }, call) => {
      if (check) return missing;
      call.report({ kind: 'step', step: 'install qemu-utils', state: 'running' });
      call.report({ kind: 'step', step: 'install qemu-utils', state: 'done' });
      return complete;
    };
    const { stderr } = await cli(argv, { engine: { hostSetup }, ...options });
    expect(stderr).toContain('install qemu-utils …\ninstall qemu-utils: done\n');
  });
});

describe('doctor', () => {
  const report: DoctorReport = {
    findings: [
      {
        id: 'kvm',
        status: 'problem',
        summary: '/dev/kvm may not be opened by this user',
        remedy: 'sudo usermod -aG kvm me',
      },
      { id: 'space', status: 'ok', summary: '80 GiB free' },
    ],
    accelerator: {
      accelerator: 'kvm',
      usable: false,
      reason: '/dev/kvm may not be opened',
      remedy: 'sudo usermod -aG kvm me',
      cached: false,
      tookMs: 12,
    },
  };
  const engine: Partial<Engine> = {
    doctor: async () => report,
    doctorBundle: async (path) => ({ path, files: ['plan.json'] }),
  };
  it('prints one line and one remedy a finding; 1 for a problem', async () => {
    const result = await cli(['doctor'], { engine });
    expect(result.code).toBe(1);
    expect(result.stdout).toContain(
      'PROBLEM  kvm: /dev/kvm may not be opened by this user\n         → sudo usermod -aG kvm me\n',
    );
    expect(result.stdout).toContain('1 problem, 0 warnings.');
  });
  it('--require-accel fails with the reason and the remedy', async () => {
    const result = await cli(['doctor', '--require-accel'], { engine });
    expect(result.code).toBe(4);
    expect(result.stderr).toContain('error[host.accelerator-unavailable] /dev/kvm may not be opened');
    expect(result.stderr).toContain('    sudo usermod -aG kvm me');
  });
  it('--only looks for one finding, and says when there is none', async () => {
    const asked: unknown[] = [];
    const one: Partial<Engine> = {
      doctor: async (options) => {
        asked.push(options);
        return { findings: report.findings.filter(({ id }) => id === options.only) };
      },
    };
    const found = await cli(['doctor', '--only', 'space', '--refresh'], { engine: one });
    expect([found.code, found.stdout]).toEqual([0, 'ok       space: 80 GiB free\n']);
    expect(asked).toEqual([{ refresh: true, only: 'space' }]);
    const none = await cli(['doctor', '--only', 'spice'], { engine: one });
    expect(none.code).toBe(2);
    expect(none.stderr).toContain('There is no finding "spice" now.');
    const both = await cli(['doctor', '--only', 'space', '--require-accel'], { engine: one });
    expect(both.code).toBe(2);
    expect(asked).toHaveLength(2);
  });
  it('--bundle names the file', async () => {
    const document = documentSchemas.doctor.parse(
      (await cli(['doctor', '--bundle', '/tmp/r.tgz', '--json'], { engine })).json(),
    );
    expect(document.bundle).toEqual({ path: '/tmp/r.tgz', files: ['plan.json'] });
  });
});

describe('fetch-image [R-23]', () => {
  it('takes the image of the configuration or of --image, and names the trust level', async () => {
    const asked: unknown[] = [];
    const engine: Partial<Engine> = {
      images: fakeImages({
        pull: async (options) => {
          asked.push(options);
          return {
            id: options.id,
            arch: 'x86_64',
            level: 'pinned',
            digest: 'sha256:ab',
            path: '/c/ab',
            sizeBytes: 2048,
            source: 'downloaded',
          };
        },
      }),
    };
    const text = await cli(['fetch-image'], { engine });
    expect(text.stdout).toContain('almalinux-9 for x86_64: downloaded, 2 KiB, trust: pinned');
    const document = await cli(['fetch-image', '--image', 'tiny', '--arch', 'aarch64', '--force', '--json'], {
      engine,
    });
    documentSchemas.image.parse(document.json());
    expect(asked).toEqual([
      { id: 'almalinux-9', force: false },
      { id: 'tiny', arch: 'aarch64', force: true },
    ]);
  });
});

describe('config', () => {
  const configFile = {
    path: '/w/config.yaml',
    values: { hardware: { cpu_count: 'many', coresx: 1 } },
    positions: new Map([
      ['hardware.cpu_count', { line: 2, column: 3 }],
      ['hardware.coresx', { line: 3, column: 3 }],
    ]),
  };
  it('show names every setting and its origin', async () => {
    const result = await cli(['config', 'show', '--json'], { env: { SYSMONVM_CPUS: '2' } });
    const document = documentSchemas.config.parse(result.json());
    expect(document.settings.find((row) => row.setting === 'hardware.cpu_count')).toMatchObject({
      value: 2,
      from: 'variable SYSMONVM_CPUS',
    });
    expect((await cli(['config', 'show'])).stdout).toMatch(/image\.id +almalinux-9 +default/);
  });
  it('validate tells every error with file, line and field, exit 3', async () => {
    const result = await cli(['config', 'validate'], { configFile });
    expect(result.code).toBe(3);
    expect(result.stdout).toMatch(/\/w\/config\.yaml:2:3: hardware\.cpu_count: .*\n?/);
    expect(result.stdout).toMatch(/\/w\/config\.yaml:3:3: hardware\.coresx: unknown key/);
    const document = documentSchemas['config-validate'].parse(
      (await cli(['config', 'validate', '--json'], { configFile })).json(),
    );
    expect([document.valid, document.findings.length]).toEqual([false, 2]);
    expect((await cli(['config', 'validate'])).stdout).toContain('There is no /w/config.yaml');
  });
  it('validate shows the errors of YAML itself too', async () => {
    const error = new SysmonvmError('config.unreadable', 'x', {
      details: { findings: [{ file: '/w/config.yaml', line: 1, column: 2, message: 'bad indent' }] },
    });
    const result = await cli(['config', 'validate'], {
      composition: { readConfigFile: async () => Promise.reject(error) },
    });
    expect(result).toMatchObject({ code: 3, stdout: '/w/config.yaml:1:2: bad indent\n' });
  });
  it('schema is a JSON Schema', async () => {
    expect(JSON.parse((await cli(['config', 'schema'])).stdout)).toMatchObject({ type: 'object' });
    documentSchemas['config-schema'].parse((await cli(['config', 'schema', '--json'])).json());
  });
});

describe('logs, watch, df, gc, uninstall, explain, version', () => {
  const removals = [{ what: 'VM old', reason: 'expired', bytes: 2048 }];
  const event = { type: 'became_ready', timestamp: bootStart, generation: 3, vm: 'b', vmId: 'vm-1', requestId: 'r' };
  const engine: Partial<Engine> = {
    async *logs(_name, options) {
      yield `\u001b[2Jone of ${options.source}`;
      yield 'two';
    },
    async *events() {
      yield event;
      yield { ...event, generation: 4, data: { a: 1 } };
    },
    diskUse: async () => [{ what: 'vm', name: 'b', path: '/w/vms/1', bytes: 2048, usedBy: ['b'] }],
    gc: async () => removals,
    uninstall: async () => removals,
    versions: async () => ({ sysmonvm: '0.1.0', qemu: { path: '/q', version: '7.2' }, firmware: null }),
  };
  it('logs are one document, or records while following', async () => {
    const whole = await cli(['vm-logs', 'b', '--json', '--source', 'qemu'], { engine });
    expect(documentSchemas.logs.parse(whole.json())).toMatchObject({ lines: ['\u001b[2Jone of qemu', 'two'] });
    const records = (await cli(['vm-logs', 'b', '-f', '--json'], { engine })).stdout.trimEnd().split('\n');
    for (const record of records) documentSchemas.logs.parse(JSON.parse(record));
    expect(records.length).toBe(2);
  });
  it('logs reach a file as they are and a terminal without control characters', async () => {
    expect((await cli(['vm-logs', 'b'], { engine })).stdout).toBe('\u001b[2Jone of console\ntwo\n');
    expect((await cli(['vm-logs', 'b'], { engine, tty: true })).stdout).toBe('one of console\ntwo\n');
  });
  it('watch prints one event a line', async () => {
    const lines = (await cli(['watch', '--json'], { engine })).stdout.trimEnd().split('\n');
    expect(lines.map((line) => documentSchemas.event.parse(JSON.parse(line)).generation)).toEqual([3, 4]);
    expect((await cli(['watch'], { engine })).stdout).toContain('2026-01-02T03:04:05.000Z b became_ready {"a":1}');
  });
  it('df, gc and uninstall add up and list [R-99]', async () => {
    expect(documentSchemas.df.parse((await cli(['df', '--json'], { engine })).json()).totalBytes).toBe(2048);
    expect((await cli(['vm-gc', '--dry-run'], { engine })).stdout).toBe(
      'Would remove (2 KiB):\n  VM old (2 KiB): expired\n',
    );
    documentSchemas.removals.parse((await cli(['vm-gc', '--older-than', '1d', '--json'], { engine })).json());
    expect((await cli(['uninstall'], { engine })).code).toBe(2);
    documentSchemas.removals.parse((await cli(['uninstall', '--yes', '--json'], { engine })).json());
  });
  it('explain knows every code', async () => {
    for (const code of Object.keys(errorCodes)) {
      documentSchemas.explain.parse((await cli(['explain', code, '--json'])).json());
    }
    expect((await cli(['explain', 'error[guest.panic]'])).stdout).toMatch(
      /^code +guest\.panic\nkind +guest .*exit code 6\n/,
    );
  });
  it('version names what takes part; unknown is not made up', async () => {
    expect((await cli(['version'], { engine })).stdout).toBe(
      'sysmonvm  0.1.0\nqemu      path /q, version 7.2\nfirmware  -\n',
    );
    documentSchemas.version.parse((await cli(['version', '--json'], { engine })).json());
  });
});
