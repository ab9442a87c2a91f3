import { readFile } from 'node:fs/promises';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { HeldLease } from '../../core/ports/port-leases.ts';
import { fileError, isMissing } from '../store/file-errors.ts';
import { createTextFiles } from '../store/text-files.ts';

interface Registry {
  readonly schemaVersion: 1;
  readonly leases: readonly HeldLease[];
}

export interface LeaseFile {
  read(): Promise<readonly HeldLease[]>;
  write(leases: readonly HeldLease[]): Promise<void>;
}

export function createLeaseFile(path: string, clock: Clock): LeaseFile {
  const files = createTextFiles(clock);
  return {
    async read() {
      let text: string;
      try {
        text = await readFile(path, 'utf8');
      } catch (error) {
        if (isMissing(error)) return [];
        throw fileError(error, path, 'reading the port registry');
      }
      return parseRegistry(text, path).leases;
    },
    write: (leases) =>
      files.write(path, `${JSON.stringify({ schemaVersion: 1, leases } satisfies Registry, null, 2)}\n`, 0o600),
  };
}

function parseRegistry(text: string, path: string): Registry {
  let value: { schemaVersion?: unknown; leases?: unknown } | null;
  try {
    value = JSON.parse(text) as { schemaVersion?: unknown } | null;
  } catch (cause) {
    return damaged(path, cause);
  }
  const version = value?.schemaVersion;
  if (typeof version === 'number' && version > 1) {
    return fail('config.newer-schema', `The port registry ${path} has schema ${version}; this sysmonvm knows 1.`, {
      details: { path, version },
    });
  }
  return version === 1 && Array.isArray(value?.leases) ? (value as Registry) : damaged(path, undefined);
}

function damaged(path: string, cause: unknown): never {
  return fail(
    'config.invalid',
    `The port registry ${path} is damaged. Without it the ports of running VMs are not known.`,
    {
      details: { path },
      next: ['sysmonvm vm-list', `rm ${path}`],
      cause,
    },
  );
}
