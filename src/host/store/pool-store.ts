import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, hasCode } from '../../core/errors/sysmonvm-error.ts';
import { compareNames } from '../../core/ids/compare-names.ts';
import type { PoolRecord, PoolStore } from '../../core/ports/pool-store.ts';
import type { TextFiles } from '../../core/ports/text-files.ts';
import { isMissing } from './file-errors.ts';
import { acquireFileLock, type FileLockDependencies, readLock } from './file-lock.ts';

/** pools/TEMPLATE.json, with TEMPLATE.lock, .fill-TEMPLATE.lock and TEMPLATE.log beside it. */
export function createPoolStore(workspace: string, files: TextFiles, locks: FileLockDependencies): PoolStore {
  const root = join(workspace, 'pools');
  const recordOf = (template: string): string => join(root, `${template}.json`);
  const fillLockOf = (template: string): string => join(root, `.fill-${template}.lock`);

  async function load(template: string): Promise<PoolRecord | undefined> {
    const path = recordOf(template);
    const text = await files.read(path);
    if (text === undefined) return undefined;
    const record = JSON.parse(text) as PoolRecord;
    if (record.schemaVersion !== 1)
      fail('config.newer-schema', `${path} has schema version ${String(record.schemaVersion)}; this version reads 1`);
    return record;
  }

  return {
    load,
    async list() {
      const names = await readdir(root).catch((error: unknown) => {
        if (isMissing(error)) return [] as string[];
        throw error;
      });
      const templates = names.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -'.json'.length));
      const records = await Promise.all(templates.toSorted(compareNames).map(load));
      return records.filter((record) => record !== undefined);
    },
    async save(record) {
      await files.makeDirectory(root, 0o700);
      await files.write(recordOf(record.template), `${JSON.stringify(record, null, 2)}\n`, 0o600);
    },
    async remove(template) {
      await files.remove(recordOf(template));
      await files.remove(join(root, `${template}.log`));
    },
    async lock(template, purpose, deadlineAt, signal) {
      await files.makeDirectory(root, 0o700);
      const options = { purpose, what: `the pool of ${template}`, deadlineAt, ...(signal ? { signal } : {}) };
      return acquireFileLock(join(root, `${template}.lock`), options, locks);
    },
    async fillLock(template) {
      await files.makeDirectory(root, 0o700);
      const options = { purpose: 'fill', what: `the pool of ${template}`, deadlineAt: 0 };
      return acquireFileLock(fillLockOf(template), options, locks).catch((error: unknown) => {
        if (hasCode(error, 'vm.locked')) return undefined;
        throw error;
      });
    },
    async filler(template) {
      const content = await readLock(fillLockOf(template));
      return content && (await locks.runner.isAlive(content.owner)) ? content.owner : undefined;
    },
    logPath: (template) => join(root, `${template}.log`),
  };
}
