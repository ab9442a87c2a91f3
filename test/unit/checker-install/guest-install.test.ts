import { describe, expect, it } from 'vitest';
import { checkConfig } from '../../../src/core/checker/config.ts';
import { guestConfigText } from '../../../src/core/checker-install/guest-places.ts';
import { hasExactly, isInstalled, readGuestState } from '../../../src/core/checker-install/guest-state.ts';
import { installText } from '../../../src/core/checker-install/install-text.ts';
import { readSample } from '../../../src/core/checker-install/shown-sample.ts';
import { checkerDocumentSchemas } from '../../../src/core/wire/checker-documents.ts';

const vm = { id: 'vm-1', name: 'box' };

describe('configuration that is written into a guest', () => {
  it.each([
    ['mtls', { listen_addr: { host: '0.0.0.0', port: 50110 } }],
    ['none', { listen_addr: { host: '127.0.0.1', port: 50110 } }],
  ] as const)('with security %s is one that the checker takes [R-58] [R-129]', (security, wanted) => {
    const { config } = checkConfig(JSON.parse(guestConfigText({ vm, security })));
    expect(config).toMatchObject({ ...wanted, vm, security: { mode: security } });
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
