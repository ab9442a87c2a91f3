import { statfs } from 'node:fs/promises';
import { metrics } from '../../core/telemetry/metrics.ts';
import { type Mount, parseMountinfo, realFileSystems } from '../../core/telemetry/mountinfo.ts';
import { type DiskCounters, parseDiskstats } from '../../core/telemetry/proc-devices.ts';
import type { Reading } from '../../core/telemetry/reading.ts';
import type { Collector } from '../sampler/collector.ts';
import { measured } from './make-reading.ts';
import type { TextSource } from './text-source.ts';

const bootFile = '/proc/stat';

export interface Space {
  readonly bsize: number;
  readonly blocks: number;
  readonly bfree: number;
  readonly bavail: number;
}

/** Devices that are files or memory themselves. */
const isNoDisk = (name: string) => /^(loop|ram|zram)\d+$/.test(name);

/** Counters of whole disks and the space of file systems that lie on this machine. */
export function diskCollector(texts: TextSource, ask: (path: string) => Promise<Space> = statfs): Collector {
  return {
    name: 'disks',
    pace: 'slow',
    async collect(at) {
      const disks = new Set(texts.list('/sys/block').map((name) => name.replaceAll('!', '/')));
      const counters = parseDiskstats(
        texts.read('/proc/diskstats') ?? '',
        (name) => disks.has(name) && !isNoDisk(name),
      );
      const since = bootTime(texts);
      const mounts = realFileSystems(parseMountinfo(texts.read('/proc/self/mountinfo') ?? ''));
      const spaces = await Promise.all(mounts.map((mount) => spaceOf(mount, ask, at)));
      return [...counters.flatMap((disk) => ofDisk(disk, at, since)), ...spaces.flat()];
    },
  };
}

/** What the kernel counts it counts since it was booted. */
function bootTime(texts: TextSource): number | undefined {
  const seconds = /^btime (\d+)$/m.exec(texts.read(bootFile) ?? '')?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}

function ofDisk(disk: DiskCounters, at: number, since: number | undefined): readonly Reading[] {
  const make = measured(at, { kind: 'procfs', file: '/proc/diskstats' });
  const device = { 'system.device': disk.device };
  const directions = [
    ['read', disk.readBytes, disk.reads, disk.readSeconds, disk.readsMerged],
    ['write', disk.writtenBytes, disk.writes, disk.writeSeconds, disk.writesMerged],
  ] as const;
  return [
    ...directions.flatMap(([direction, bytes, operations, seconds, merged]) => {
      const attributes = { ...device, 'disk.io.direction': direction };
      return [
        make(metrics.diskIo, bytes, attributes, since),
        make(metrics.diskOperations, operations, attributes, since),
        make(metrics.diskOperationTime, seconds, attributes, since),
        make(metrics.diskMerged, merged, attributes, since),
      ];
    }),
    make(metrics.diskIoTime, disk.busySeconds, device, since),
    make(metrics.diskQueue, disk.inFlight, device),
  ];
}

/** Nothing of a file system that does not say. */
async function spaceOf(mount: Mount, ask: (path: string) => Promise<Space>, at: number): Promise<readonly Reading[]> {
  const space = await ask(mount.mountPoint).catch(() => undefined);
  if (space === undefined || space.blocks === 0) return [];
  const make = measured(at, { kind: 'procfs', file: '/proc/self/mountinfo' });
  const attributes = {
    'system.device': mount.device,
    'system.filesystem.mountpoint': mount.mountPoint,
    'system.filesystem.type': mount.type,
    'system.filesystem.mode': mount.readOnly ? 'ro' : 'rw',
  };
  const states = [
    ['used', space.blocks - space.bfree],
    ['free', space.bavail],
    ['reserved', space.bfree - space.bavail],
  ] as const;
  return [
    ...states.map(([state, blocks]) =>
      make(metrics.filesystemUsage, blocks * space.bsize, { ...attributes, 'system.filesystem.state': state }),
    ),
    make(metrics.filesystemLimit, space.blocks * space.bsize, attributes),
  ];
}
