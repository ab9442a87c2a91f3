import { describe, expect, it } from 'vitest';
import { macCpuCollector } from '../../../src/checker/sources/mac-collectors.ts';
import { macHostId } from '../../../src/checker/sources/mac-identity.ts';
import { macMemoryReadings } from '../../../src/core/telemetry/mac-memory.ts';

const vmStat = `Mach Virtual Memory Statistics: (page size of 16384 bytes)
Pages free:                                4000.
Pages active:                            300000.
Pages inactive:                          250000.
Pages speculative:                         1000.
Pages throttled:                              0.
Pages wired down:                        100000.
Pages purgeable:                           5000.
"Translation faults":                 900000000.
Pages copy-on-write:                   50000000.
Pages zero filled:                    300000000.
Pages reactivated:                     10000000.
Pages purged:                           2000000.
File-backed pages:                       180000.
Anonymous pages:                         370000.
Pages stored in compressor:              200000.
Pages occupied by compressor:             80000.
Decompressions:                         7000000.
Compressions:                           9000000.
Pageins:                                3000000.
Pageouts:                                 20000.
Swapins:                                    300.
Swapouts:                                  5000.
`;
const swapUsage = 'total = 2048.00M  used = 1046.75M  free = 1001.25M  (encrypted)\n';

describe('memory of a Mac', () => {
  const readings = macMemoryReadings({ vmStat, memsize: '17179869184\n', swapUsage }, 5);
  const value = (metric: string, state?: string) =>
    readings.find(
      (reading) =>
        reading.metric === metric && (state === undefined || Object.values(reading.attributes).includes(state)),
    )?.value;

  it('is added up as Activity Monitor does [R-14] [R-89]', () => {
    expect(value('system.memory.limit')).toBe(16 * 2 ** 30);
    expect(value('system.memory.usage', 'used')).toBe((370_000 - 5000 + 100_000 + 80_000) * 16_384);
    expect(value('system.memory.usage', 'cached')).toBe(185_000 * 16_384);
    expect(value('system.memory.usage', 'free')).toBe(4000 * 16_384);
    expect(value('system.paging.usage', 'used')).toBe(1046.75 * 2 ** 20);
    expect(value('system.paging.faults', 'minor')).toBe(897_000_000);
  });

  it('leaves out what is not told [R-67]', () => {
    expect(macMemoryReadings({ vmStat: '', memsize: '', swapUsage: '' }, 5)).toEqual([]);
    const partly = macMemoryReadings({ vmStat: vmStat.replace(/^Pages wired.*\n/m, '') }, 5);
    expect(partly.map(({ attributes }) => attributes['system.memory.state'])).not.toContain('used');
  });
});

describe('CPUs of a Mac', () => {
  const tick = (user: number, idle: number) => [{ times: { user, nice: 0, sys: 0, idle, irq: 0 } }];

  it('have a busy share over the time between two rounds, unless powermetrics gives one', () => {
    const states = [tick(1000, 1000), tick(1250, 1750), tick(1500, 2500)];
    let measured = false;
    const collector = macCpuCollector(
      () => measured,
      () => states.shift() ?? [],
    );
    const busy = async (at: number) =>
      (await collector.collect(at)).filter(({ metric }) => metric === 'sysmonvm.cpu.busy');
    return (async () => {
      expect(await busy(1000)).toEqual([]);
      expect(await busy(2000)).toMatchObject([{ value: 0.25, since: 1000, at: 2000 }]);
      measured = true;
      expect(await busy(3000)).toEqual([]);
    })();
  });
});

describe('host.id of a Mac', () => {
  it('is the IOPlatformUUID; without one it is empty [R-78] [R-91]', () => {
    const said = `+-o J313AP  <class IOPlatformExpertDevice, id 0x100000110>
    {
      "IOPlatformSerialNumber" = "C02XXXXXXXXX"
      "IOPlatformUUID" = "01234567-89AB-CDEF-0123-456789ABCDEF"
    }`;
    expect(macHostId(() => said)).toBe('01234567-89AB-CDEF-0123-456789ABCDEF');
    expect(macHostId(() => '')).toBe('');
  });
});
