import { describe, expect, it } from 'vitest';
import { containerCollector } from '../../../src/checker/sources/container-collector.ts';
import { cpuCollector } from '../../../src/checker/sources/cpu-collector.ts';
import { diskCollector } from '../../../src/checker/sources/disk-collector.ts';
import { memoryCollector } from '../../../src/checker/sources/memory-collector.ts';
import { networkCollector } from '../../../src/checker/sources/network-collector.ts';
import { processCollector } from '../../../src/checker/sources/process-collector.ts';
import { metrics } from '../../../src/core/telemetry/metrics.ts';
import { residentBytes } from '../../../src/core/telemetry/proc-pid.ts';
import type { Reading } from '../../../src/core/telemetry/reading.ts';
import { fixtureFiles, textsOf } from '../../fixtures/telemetry/fixture-texts.ts';

const guest = fixtureFiles('tcg-x86_64');
const show = ({ metric, attributes, value }: Reading) => [metric, ...Object.values(attributes), value].join(' ');
const shown = (readings: readonly Reading[], prefix = '') =>
  readings.map(show).filter((line) => line.startsWith(prefix));

describe('every collector', () => {
  const collectors = [
    cpuCollector(textsOf(new Map())),
    memoryCollector(textsOf(new Map())),
    diskCollector(textsOf(new Map())),
    networkCollector(textsOf(new Map())),
    processCollector(textsOf(new Map()), 10),
    containerCollector(textsOf(new Map())),
  ];
  it.each(collectors.slice(1))('$name says nothing where nothing can be read', async (collector) => {
    expect(await collector.collect(1000)).toEqual([]);
  });

  it('cpu fails where /proc/stat cannot be read, since nothing works without it', () => {
    expect(() => collectors[0]?.collect(1000)).toThrow('/proc/stat');
  });

  it('uses only names of the table, with a source and a quality [R-76]', async () => {
    const names = new Set(Object.values(metrics).map(({ name }) => name as string));
    const texts = textsOf(guest);
    for (const make of [cpuCollector, memoryCollector, diskCollector, networkCollector]) {
      const readings = await make(texts).collect(1000);
      expect(readings.length).toBeGreaterThan(0);
      for (const { metric, value, source, quality, at } of readings) {
        expect(names).toContain(metric);
        expect(Number.isFinite(value)).toBe(true);
        expect([source.kind, quality, at]).toEqual(['procfs', 'measured', 1000]);
      }
    }
  });
});

describe('usage', () => {
  it('is known from the second round on, over the time between them', () => {
    const files = new Map([['/proc/stat', 'cpu  0 0 0 0 0 0 0 0\ncpu0 0 0 0 0 0 0 0 0\nbtime 1000\n']]);
    const collector = cpuCollector(textsOf(files));
    expect(shown(collector.collect(5000) as Reading[], 'sysmonvm.cpu.busy')).toEqual([]);
    files.set('/proc/stat', 'cpu  20 0 5 75 0 0 0 0\ncpu0 20 0 5 75 0 0 0 0\nbtime 1000\n');
    const readings = collector.collect(6000) as Reading[];
    expect(shown(readings, 'sysmonvm.cpu.busy')).toEqual(['sysmonvm.cpu.busy 0 0.25', 'sysmonvm.cpu.busy 0.25']);
    expect(shown(readings, 'system.cpu.utilization user')).toEqual(['system.cpu.utilization user 0.2']);
    expect(readings.find(({ metric }) => metric === metrics.cpuBusy.name)?.since).toBe(5000);
    expect(readings.find(({ metric }) => metric === metrics.cpuTime.name)?.since).toBe(1_000_000);
  });

  it('comes with how many CPUs and cores there are, where the kernel tells which CPUs are one core', () => {
    const stat = ['cpu  8 0 0 0 0 0 0 0', ...[0, 1, 2, 3].map((cpu) => `cpu${cpu} 2 0 0 0 0 0 0 0`)].join('\n');
    const lists = ['0-1', '0-1', '2-3', '2-3'].map(
      (list, cpu) => [`/sys/devices/system/cpu/cpu${cpu}/topology/core_cpus_list`, list] as const,
    );
    const count = (files: ReadonlyMap<string, string>) =>
      shown(cpuCollector(textsOf(files)).collect(1) as Reading[]).filter((line) => line.includes('.count '));
    expect(count(new Map([['/proc/stat', stat], ...lists]))).toEqual([
      'system.cpu.logical.count 4',
      'system.cpu.physical.count 2',
    ]);
    expect(count(new Map([['/proc/stat', stat], ...lists.slice(1)]))).toEqual(['system.cpu.logical.count 4']);
  });

  it('is added up once: times are of single CPUs only', () => {
    const readings = cpuCollector(textsOf(guest)).collect(1000) as Reading[];
    const times = readings.filter(({ metric }) => metric === metrics.cpuTime.name);
    expect(times.every(({ attributes }) => 'cpu.logical_number' in attributes)).toBe(true);
    const sum = times.reduce((total, { value }) => total + value, 0);
    expect(sum).toBeCloseTo((81 + 1036 + 638 + 27 + 122) / 100, 1);
  });
});

describe('memory, load and faults', () => {
  it('of an emulated guest; its swap of 0 is a value, its pressure is unknown', () => {
    const readings = memoryCollector(textsOf(guest)).collect(1000) as Reading[];
    const kib = (value: number) => value * 1024;
    const cached = 12776 + 9948 - 28;
    expect(shown(readings, 'system.memory.usage')).toEqual([
      `system.memory.usage used ${kib(6079236 - 6006596 - 720 - cached)}`,
      `system.memory.usage free ${kib(6006596)}`,
      `system.memory.usage buffers ${kib(720)}`,
      `system.memory.usage cached ${kib(cached)}`,
    ]);
    expect(shown(readings, 'system.paging')).toEqual([
      'system.paging.usage used 0',
      'system.paging.usage free 0',
      'system.paging.faults major 74',
      'system.paging.faults minor 11896',
      'system.paging.operations in major 0',
      'system.paging.operations out major 0',
    ]);
    expect(shown(readings, 'system.linux.cpu.load')).toEqual([
      'system.linux.cpu.load_1m 0.62',
      'system.linux.cpu.load_5m 0.13',
      'system.linux.cpu.load_15m 0.04',
    ]);
    expect(shown(readings, 'system.uptime')).toEqual(['system.uptime 16.41']);
    expect(shown(readings, 'sysmonvm.pressure')).toEqual([]);
  });

  it('states of memory are all of it together', () => {
    const readings = memoryCollector(textsOf(fixtureFiles('kvm-x86_64'))).collect(1000) as Reading[];
    const of = (metric: string) => readings.filter((reading) => reading.metric === metric);
    const sum = of('system.memory.usage').reduce((total, { value }) => total + value, 0);
    expect(sum).toBe(of('system.memory.limit')[0]?.value);
    expect(shown(readings, 'sysmonvm.pressure cpu')).toHaveLength(2);
  });
});

describe('disks', () => {
  const files = new Map([
    ...guest,
    ['/sys/block/vda/size', ''],
    ['/sys/block/vdb/size', ''],
    ['/sys/block/loop0/size', ''],
  ]);
  const space = { bsize: 4096, blocks: 1000, bfree: 400, bavail: 350 };

  it('are counted once, without their partitions', async () => {
    const readings = await diskCollector(textsOf(files), () => Promise.resolve(space)).collect(1000);
    expect(shown(readings, 'system.disk.io vda')).toEqual([
      `system.disk.io vda read ${26778 * 512}`,
      `system.disk.io vda write ${488 * 512}`,
    ]);
    expect(shown(readings, 'system.disk.io_time')).toEqual([
      'system.disk.io_time vda 0.816',
      'system.disk.io_time vdb 0.14',
    ]);
    expect(readings.some(({ attributes }) => attributes['system.device'] === 'loop0')).toBe(false);
  });

  it('show the space of real file systems, each once', async () => {
    const mounts = [
      '26 1 254:2 / / rw,noatime - ext4 /dev/vda2 rw',
      '30 26 254:2 /srv /bind\\040mount rw - ext4 /dev/vda2 rw',
      '31 26 254:3 / /data ro - xfs /dev/vda3 rw',
      '32 26 254:3 / /data/again ro - xfs /dev/vda3 rw',
      '33 26 0:40 / /net rw - nfs4 server:/x rw',
      '34 26 7:1 / /snap ro - squashfs /dev/loop1 ro',
      '35 26 0:41 / /tmp rw - tmpfs tmpfs rw',
    ].join('\n');
    const asked: string[] = [];
    const collector = diskCollector(textsOf(new Map([['/proc/self/mountinfo', mounts]])), (path) => {
      asked.push(path);
      return path === '/data' ? Promise.reject(new Error('EIO')) : Promise.resolve(space);
    });
    expect(shown(await collector.collect(1000))).toEqual([
      `system.filesystem.usage /dev/vda2 / ext4 rw used ${600 * 4096}`,
      `system.filesystem.usage /dev/vda2 / ext4 rw free ${350 * 4096}`,
      `system.filesystem.usage /dev/vda2 / ext4 rw reserved ${50 * 4096}`,
      `system.filesystem.limit /dev/vda2 / ext4 rw ${1000 * 4096}`,
    ]);
    expect(asked).toEqual(['/', '/data']);
  });
});

describe('the network', () => {
  it('of an emulated guest', () => {
    const readings = networkCollector(textsOf(guest)).collect(1000) as Reading[];
    expect(shown(readings).filter((line) => line.includes('eth0'))).toEqual([
      'system.network.io eth0 receive 14482',
      'system.network.packet.count eth0 receive 168',
      'system.network.errors eth0 receive 0',
      'system.network.packet.dropped eth0 receive 0',
      'system.network.io eth0 transmit 24520',
      'system.network.packet.count eth0 transmit 133',
      'system.network.errors eth0 transmit 0',
      'system.network.packet.dropped eth0 transmit 0',
    ]);
    expect(shown(readings, 'system.network.connection.count').sort()).toEqual([
      'system.network.connection.count tcp close_wait 1',
      'system.network.connection.count tcp established 1',
      'system.network.connection.count tcp listen 1',
    ]);
  });
});

describe('processes', () => {
  const stat = (pid: number, name: string, state: string, user: number, start = 50) =>
    [`${pid} (${name}) ${state} 1`, ...Array(9).fill('0'), user, '0 0 0 20 0 1 0', start, '0 0'].join(' ');
  const files = new Map([['/proc/stat', 'cpu  1 1 1 1 1 1 1 1\nbtime 1000\n']]);

  it('are counted by state, and the busiest are shown from one round to the next', async () => {
    let now = 0;
    const collector = processCollector(textsOf(files), 2, () => now);
    files.set('/proc/10/stat', stat(10, 'old) R (timer', 'S', 90_000));
    files.set('/proc/11/stat', stat(11, 'worker', 'R', 100));
    files.set('/proc/11/status', 'Name:\tworker\nVmRSS:\t    2048 kB\n');
    files.set('/proc/12/stat', stat(12, 'kworker/0:1', 'I', 0));
    const first = await collector.collect(1000);
    expect(shown(first, 'system.process.count').sort()).toEqual([
      'system.process.count idle 1',
      'system.process.count running 1',
      'system.process.count sleeping 1',
    ]);
    expect(shown(first, 'sysmonvm.process.cpu.usage')).toEqual([]);

    now = 2000;
    files.set('/proc/11/stat', stat(11, 'worker', 'R', 300));
    files.set('/proc/13/stat', stat(13, 'new', 'D', 50, 400));
    files.set('/proc/stat', 'cpu  1 1 1 1 1 1 1 1\nbtime 1007\n');
    const second = await collector.collect(3000);
    expect(shown(second)).toEqual([
      'system.process.count sleeping 1',
      'system.process.count running 1',
      'system.process.count idle 1',
      'system.process.count disk_sleep 1',
      'process.cpu.time 11 worker 1970-01-01T00:16:40.500Z user 3',
      'process.cpu.time 11 worker 1970-01-01T00:16:40.500Z system 0',
      'sysmonvm.process.cpu.usage 11 worker 1970-01-01T00:16:40.500Z 1',
      `process.memory.usage 11 worker 1970-01-01T00:16:40.500Z ${2048 * 1024}`,
      'process.cpu.time 13 new 1970-01-01T00:16:51.000Z user 0.5',
      'process.cpu.time 13 new 1970-01-01T00:16:51.000Z system 0',
    ]);
  });

  it('that did nothing since the last round come by what they have done before; those that never worked do not', async () => {
    const texts = textsOf(
      new Map([
        ['/proc/2/stat', stat(2, 'kthreadd', 'S', 0)],
        ['/proc/20/stat', stat(20, 'little', 'S', 5)],
        ['/proc/21/stat', stat(21, 'much', 'S', 500)],
      ]),
    );
    const collector = processCollector(texts, 3);
    await collector.collect(1000);
    const times = shown(await collector.collect(6000), 'process.cpu.time').filter((line) => line.includes(' user '));
    expect(times).toEqual(['process.cpu.time 21 much user 5', 'process.cpu.time 20 little user 0.05']);
  });

  it('of an emulated guest: its own stat and status are understood', async () => {
    const [pid] = guest.get('/proc/self/stat')?.split(' ') ?? [];
    const texts = new Map([[`/proc/${pid}/stat`, guest.get('/proc/self/stat') ?? '']]);
    const readings = await processCollector(textsOf(texts), 5).collect(1000);
    expect(shown(readings, 'system.process.count')).toEqual(['system.process.count running 1']);
    expect(residentBytes(guest.get('/proc/self/status') ?? '')).toBe(4 * 1024);
  });
});

describe('containers', () => {
  const throttled = fixtureFiles('throttled-x86_64');
  const id = '7'.padStart(64, '0');
  const file = `/tmp/c/docker/${id}/cpu.stat`;

  it('show what a quota of 0.2 CPUs held back in a real guest [R-94]', async () => {
    const readings = await containerCollector(textsOf(throttled)).collect(1000);
    expect(shown(readings)).toEqual([
      `container.cpu.time ${id} docker user 0.770327`,
      `container.cpu.time ${id} docker system 0.112981`,
      `sysmonvm.container.cpu.throttled ${id} docker 3.190233`,
      `sysmonvm.container.cpu.limit ${id} docker 0.2`,
      `container.memory.usage ${id} docker 16384`,
    ]);
    expect(readings[0]?.source).toEqual({ kind: 'cgroup', file });
  });

  it('show the CPUs used between two rounds, and the least quota of the path', async () => {
    let now = 0;
    const files = new Map(throttled);
    const collector = containerCollector(textsOf(files), () => now);
    await collector.collect(1000);
    now = 2000;
    files.set(file, (files.get(file) ?? '').replace('usage_usec 883309', 'usage_usec 1283309'));
    files.set('/tmp/c/docker/cpu.max', '10000 100000\n');
    const readings = await collector.collect(3000);
    expect(shown(readings, 'container.cpu.usage')).toEqual([`container.cpu.usage ${id} docker 0.2`]);
    expect(shown(readings, 'sysmonvm.container.cpu.limit')).toEqual([`sysmonvm.container.cpu.limit ${id} docker 0.1`]);
  });

  it('without a quota and without controllers have neither limit nor throttled time nor memory', async () => {
    const files = new Map([
      ['/proc/self/mountinfo', throttled.get('/proc/self/mountinfo') ?? ''],
      ['/tmp/c/lxc.payload.web/cpu.stat', 'usage_usec 10\nuser_usec 4\nsystem_usec 6\n'],
      ['/tmp/c/lxc.payload.web/cpu.max', 'max 100000\n'],
      ['/tmp/c/lxc.monitor.web/cpu.stat', 'usage_usec 10\nuser_usec 4\nsystem_usec 6\n'],
    ]);
    expect(shown(await containerCollector(textsOf(files)).collect(1000))).toEqual([
      'container.cpu.time web lxc user 0.000004',
      'container.cpu.time web lxc system 0.000006',
    ]);
  });
});
