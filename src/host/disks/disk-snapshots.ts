import { dirname } from 'node:path';
import type { DiskSnapshots } from '../../core/ports/disks.ts';
import type { StorageContext } from './storage-errors.ts';

type QemuImg = (args: readonly string[], context: StorageContext) => Promise<string>;

interface Info {
  readonly snapshots?: readonly {
    readonly name: string;
    readonly 'date-sec': number;
    readonly 'date-nsec': number;
    readonly 'vm-state-size': number;
  }[];
}

export function createDiskSnapshots(qemuImg: QemuImg): DiskSnapshots {
  const change = (flag: string, what: string) => async (path: string, name: string) => {
    await qemuImg(['snapshot', '-q', flag, name, path], { what: `${what} ${name}`, directory: dirname(path) });
  };
  return {
    async list(path) {
      const context = { what: path, directory: dirname(path) };
      const { snapshots } = JSON.parse(
        await qemuImg(['info', '--force-share', '--output=json', path], context),
      ) as Info;
      return (snapshots ?? []).map((snapshot) => ({
        name: snapshot.name,
        createdAt: snapshot['date-sec'] * 1000 + Math.round(snapshot['date-nsec'] / 1e6),
        stateBytes: snapshot['vm-state-size'],
      }));
    },
    create: change('-c', 'the snapshot'),
    apply: change('-a', 'the disk as of snapshot'),
    delete: change('-d', 'the disk without snapshot'),
  };
}
