import { describe, expect, it } from 'vitest';
import type { BootstrapReport, BootstrapRequest } from '../../../src/core/bootstrap/bootstrap-operations.ts';
import { bootstrapSteps } from '../../../src/core/bootstrap/steps.ts';
import { documentSchemas } from '../../../src/core/wire/documents.ts';
import { cli } from '../../support/run-cli.ts';

const report: BootstrapReport = {
  vm: 'build',
  guest: { family: 'debian', system: 'Debian GNU/Linux 12', profile: 'minimal' },
  steps: bootstrapSteps
    .filter(({ name }) => name === 'clock' || name === 'proxy')
    .map((step) =>
      step.name === 'proxy'
        ? { step }
        : { step, record: { outcome: 'not-applicable', detail: 'no systemd', at: 0, durationMs: 5 } },
    ),
};

async function asked(...args: readonly string[]) {
  const seen: { name?: string; request?: BootstrapRequest; listed?: string } = {};
  const result = await cli(['vm-bootstrap', 'build', ...args], {
    env: { https_proxy: 'http://p.example:3128' },
    engine: {
      bootstrap: {
        run: async (name, request) => {
          Object.assign(seen, { name, request });
          return report;
        },
        list: async (name) => {
          seen.listed = name;
          return report;
        },
      },
    },
  });
  return { ...seen, ...result };
}

describe('vm-bootstrap [R-47] [R-48]', () => {
  it('asks for the standard profile with the upgrade unless told otherwise', async () => {
    const { name, request, code } = await asked();
    expect([name, code]).toEqual(['build', 0]);
    expect(request).toEqual({ profile: 'standard', upgrade: true, only: [] });
  });

  it('hands on what was typed', async () => {
    const flags = ['--no-upgrade', '--profile', 'minimal', '--family', 'el', '--only', 'ssh', '--only', 'clock'];
    const { request } = await asked(...flags, '--ca', 'ca.pem', '--proxy');
    expect(request).toEqual({
      profile: 'minimal',
      upgrade: false,
      only: ['ssh', 'clock'],
      family: 'el',
      authorityFile: 'ca.pem',
      proxy: expect.stringContaining('https_proxy="http://p.example:3128"'),
    });
  });

  it.each([
    ['--profile', 'all'],
    ['--family', 'suse'],
  ])('%s %s is refused', async (...flags) => {
    const { code, request } = await asked(...flags);
    expect([code, request]).toEqual([2, undefined]);
  });

  it('shows each step with its outcome and the reason', async () => {
    expect((await asked()).stdout).toMatch(/^clock +not-applicable +no systemd$/m);
  });

  it('--list runs nothing and shows what is recorded', async () => {
    const { listed, request, stdout } = await asked('--list');
    expect([listed, request]).toEqual(['build', undefined]);
    expect(stdout).toContain('build: Debian GNU/Linux 12, family debian');
    expect(stdout).toMatch(/^proxy +--proxy +- +use the proxy of the host$/m);
  });

  it('has a document for both', async () => {
    for (const flags of [['--json'], ['--json', '--list']])
      expect(documentSchemas.bootstrap.parse((await asked(...flags)).json()).bootstrap.steps).toHaveLength(2);
  });
});
