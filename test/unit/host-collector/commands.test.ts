import { describe, expect, it } from 'vitest';
import type { Engine } from '../../../src/core/engine.ts';
import type { HostCollectorOperations } from '../../../src/core/host-collector/operations.ts';
import type { HostStep } from '../../../src/core/host-collector/steps.ts';
import { documentSchemas } from '../../../src/core/wire/documents.ts';
import { cli } from '../../support/run-cli.ts';

const steps: readonly HostStep[] = [
  { kind: 'directory', path: '/d', mode: 0o755 },
  { kind: 'run', command: ['systemctl', 'restart', 'x.service'] },
];

/** Records what it is asked. */
function engineThat(asked: unknown[], there: readonly HostStep[] = steps): Partial<Engine> {
  const hostCollector: HostCollectorOperations = {
    async install(request) {
      asked.push(request);
      const listen = { host: '127.0.0.1', port: 50111 };
      const vms = [{ id: '01A', name: 'alpha' }];
      return { os: 'linux', dryRun: request.dryRun, steps, service: '/s', config: '/c', listen, vms };
    },
    async uninstall(options) {
      asked.push(options);
      return { os: 'linux', dryRun: options.dryRun, steps: there };
    },
    async package({ env: _env, ...request }) {
      asked.push(request);
      const files = [{ format: 'deb', path: '/o/x.deb' }] as const;
      return { os: 'linux', arch: 'x86_64', dryRun: request.dryRun, steps, files };
    },
  };
  return { hostCollector };
}

describe('host-install', () => {
  it('--dry-run prints the sequence as a person would type it [R-85]', async () => {
    const asked: unknown[] = [];
    const { stdout, code } = await cli(['host-install', '--dry-run'], { engine: engineThat(asked) });
    expect([code, stdout]).toEqual([0, 'Would do, as root:\n  install -d -m 0755 /d\n  systemctl restart x.service\n']);
    expect(asked).toEqual([{ dryRun: true }]);
  });

  it('says where it answers and which VMs it is joined with; its document fits its schema [R-91]', async () => {
    const engine = engineThat([]);
    expect((await cli(['host-install', '--listen', '127.0.0.1:50111'], { engine })).stdout).toContain(
      'gRPC at 127.0.0.1:50111, joined with alpha.',
    );
    documentSchemas['host-install'].parse((await cli(['host-install', '--json'], { engine })).json());
  });
});

describe('host-uninstall', () => {
  it('asks, and removes nothing when the answer is no', async () => {
    const asked: unknown[] = [];
    const engine = engineThat(asked);
    const no = await cli(['host-uninstall'], { engine, tty: true, input: 'n\n' });
    expect([no.code, asked]).toEqual([1, [{ dryRun: true, keepConfig: false }]]);
    const yes = await cli(['host-uninstall', '--yes', '--keep-config'], { engine });
    expect([yes.code, yes.stdout, asked.at(-1)]).toEqual([
      0,
      'The host collector is gone.\n',
      { dryRun: false, keepConfig: true },
    ]);
  });

  it('has nothing to ask where nothing is', async () => {
    const { stdout, code } = await cli(['host-uninstall'], { engine: engineThat([], []) });
    expect([code, stdout]).toEqual([0, 'No host collector is installed here.\n']);
  });
});

describe('host-package', () => {
  it('hands over what was asked and prints what was made [R-132]', async () => {
    const asked: unknown[] = [];
    const argv = ['host-package', '--format', 'deb', '--format', 'rpm', '--os', 'linux', '--arch', 'aarch64'];
    const { stdout } = await cli(argv, { engine: engineThat(asked) });
    expect(stdout).toBe('/o/x.deb\n');
    expect(asked).toEqual([{ dryRun: false, formats: ['deb', 'rpm'], os: 'linux', arch: 'aarch64' }]);
    documentSchemas['host-package'].parse((await cli([...argv, '--json'], { engine: engineThat([]) })).json());
  });
});
