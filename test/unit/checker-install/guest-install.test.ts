import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkConfig } from '../../../src/core/checker/config.ts';
import { checkSettings } from '../../../src/core/checker-install/checker-settings.ts';
import { guestConfigText } from '../../../src/core/checker-install/guest-places.ts';
import { hasExactly, isInstalled, readGuestState } from '../../../src/core/checker-install/guest-state.ts';
import { installText } from '../../../src/core/checker-install/install-text.ts';
import { readSample } from '../../../src/core/checker-install/shown-sample.ts';
import { checkerDocumentSchemas } from '../../../src/core/wire/checker-documents.ts';
import { parseConfigText } from '../../../src/host/store/config-file.ts';
import { failure } from '../../support/failure.ts';

const vm = { id: 'vm-1', name: 'box' };

describe('configuration that is written into a guest', () => {
  it.each([
    ['mtls', { listen_addr: { host: '0.0.0.0', port: 50110 } }],
    ['none', { listen_addr: { host: '127.0.0.1', port: 50110 } }],
    ['insecure', { listen_addr: { host: '0.0.0.0', port: 50110 } }],
  ] as const)('with security %s is one that the checker takes [R-58] [R-129]', (security, wanted) => {
    const { config } = checkConfig(JSON.parse(guestConfigText({ vm, security })));
    expect(config).toMatchObject({ ...wanted, vm, security: { mode: security === 'mtls' ? 'mtls' : 'none' } });
  });
});

describe("a person's part of the configuration", () => {
  const fileOf = (text: string) => parseConfigText(text, '/w/checker.json');
  const refusal = (text: string) => {
    const { code, message } = failure(() => checkSettings(fileOf(text)));
    expect(code).toBe('checker.config-invalid');
    return message.split('\n');
  };

  it('is taken into it, whatever the security [R-71] [R-130]', () => {
    const settings = checkSettings(
      fileOf('{"sample_interval": "1s", "collectors": {"disks": false}, "otlp": {"endpoint": "http://10.0.2.2:4317"}}'),
    );
    for (const security of ['mtls', 'none'] as const) {
      const { config } = checkConfig(JSON.parse(guestConfigText({ vm, security, settings })));
      expect(config).toMatchObject({ vm, security: { mode: security }, collectors: { disks: false, cpu: true } });
      expect(config?.otlp?.endpoint).toBe('http://10.0.2.2:4317');
    }
  });
  it('is right as the page of the checker shows it', () => {
    const page = readFileSync(new URL('../../../docs/checker.md', import.meta.url), 'utf8');
    const [, shown = ''] = /```json\n([\s\S]*?)```/.exec(page) ?? [];
    expect(checkSettings(fileOf(shown))).toMatchObject({ otlp: { protocol: 'grpc' }, prometheus: {} });
  });
  it('that the checker would not take is told with line, column and key of each mistake', () => {
    expect(refusal('{\n  "sample_interval": "1ms",\n  "colectors": {}\n}')).toEqual([
      expect.stringMatching(/^\/w\/checker\.json:2:3: sample_interval .*50ms/),
      '/w/checker.json:3:3: colectors is not a key that is known',
    ]);
    expect(refusal('[1]')).toEqual(['/w/checker.json:1:1: the file must hold keys and values']);
  });
  it('does not say what the installation says', () => {
    expect(refusal('security:\n  mode: none\nvm: {id: a, name: b}\n')).toEqual([
      '/w/checker.json:1:1: security is said with --security; leave it out',
      '/w/checker.json:3:1: vm is the VM itself; leave it out',
    ]);
  });
});

describe('state of a guest', () => {
  const state = readGuestState(
    'digest.binary=aa\ndigest.config=bb\nsystemd=yes\nNRestarts=3\nActiveState=active\nUnitFileState=enabled\n',
  );

  it('is read from the lines of the script', () => {
    expect(state).toEqual({
      systemd: true,
      digests: { binary: 'sha256:aa', config: 'sha256:bb' },
      service: 'active',
      restarts: 3,
      enabled: true,
      unfinished: false,
    });
    expect(isInstalled(state)).toBe(true);
    expect(isInstalled(readGuestState(''))).toBe(false);
  });

  it('is as it should be with exactly the files that are wanted and nothing unfinished', () => {
    const wanted = { binary: 'sha256:aa', config: 'sha256:bb' };
    expect(hasExactly(state, wanted)).toBe(true);
    expect(hasExactly(state, { ...wanted, unit: 'sha256:cc' })).toBe(false);
    expect(hasExactly(state, { binary: 'sha256:aa' })).toBe(false);
    expect(hasExactly(state, { ...wanted, config: 'sha256:other' })).toBe(false);
    expect(hasExactly({ ...state, unfinished: true }, wanted)).toBe(false);
  });
});

describe('sample of a checker', () => {
  const payload = {
    available: true,
    response_time: 1,
    status: {
      timestamp: '2026-01-01T00:00:00.000Z',
      cpus: [{ core_id: 0, usage_percent: 12.34, frequency_hz: 1_500_000_000, label: 'CPU0' }, { core_id: 1 }],
      disks: [],
      processes: [],
    },
    sysmonvm: { frequency: [{ core_id: 0, source: 'procfs', quality: 'synthetic' }] },
  };

  it('keeps where each frequency comes from, and what is unknown is absent, never 0 [R-09] [R-67]', () => {
    expect(readSample(payload)).toEqual({
      timestamp: '2026-01-01T00:00:00.000Z',
      cpus: [
        { cpu: 0, usagePercent: 12.34, frequency: { hz: 1_500_000_000, source: 'procfs', quality: 'synthetic' } },
        { cpu: 1 },
      ],
    });
    const sample = readSample(payload);
    const report = { vm: 'box', action: 'installed', installed: true, ...(sample ? { sample } : {}) } as const;
    expect(installText(report)).toBe(
      [
        'box: checker installed',
        'CPU     USED  FREQUENCY  SOURCE  QUALITY',
        '  0   12.3 %   1500 MHz  procfs  synthetic',
        '  1  unknown    unknown',
        '',
      ].join('\n'),
    );
    expect(checkerDocumentSchemas['vm-install'].parse({ schemaVersion: 1, ...report })).toBeDefined();
  });

  it('of a checker without our additions is read as well; a failure is none', () => {
    const { sysmonvm: _, ...plain } = payload;
    expect(readSample(plain)?.cpus[0]).toEqual({ cpu: 0, usagePercent: 12.34, frequency: { hz: 1_500_000_000 } });
    expect(readSample({ available: false, error: 'no sample' })).toBeUndefined();
    expect(readSample('text')).toBeUndefined();
  });
});
