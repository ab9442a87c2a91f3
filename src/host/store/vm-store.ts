import { appendFile, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, hasCode, SysmonvmError } from '../../core/errors/sysmonvm-error.ts';
import { compareNames } from '../../core/ids/compare-names.ts';
import { uniqueToken } from '../../core/ids/unique-token.ts';
import type { StartSample } from '../../core/measure/boot/start-sample.ts';
import type { VmPlan } from '../../core/plan/vm-plan.ts';
import type { TextFiles } from '../../core/ports/text-files.ts';
import type { BrokenRecord, RecordedState, VmIdentity, VmRecord, VmStore } from '../../core/ports/vm-store.ts';
import type { Ledger } from '../../core/resources/ledger.ts';
import type { VmEvent } from '../../core/vm/vm-events.ts';
import { fileError, isMissing } from './file-errors.ts';
import { acquireFileLock, type FileLockDependencies, readLock, staleLockFiles, withFileLock } from './file-lock.ts';
import { consoleOfLastRun, logSizes } from './log-sizes.ts';

/** Starts of one VM that are remembered. */
const keptSamples = 500;

/**
 * vms/ID/{vm.json, plan.json, resources.json, state.json, events.jsonl, samples.jsonl}. Locks lie beside the directory
 * (vms/ID.lock), so that removing a VM never removes the lock under its holder. Rubbish is vms/.gone-*.
 */
export function createVmStore(workspace: string, files: TextFiles, lockDependencies: FileLockDependencies): VmStore {
  const root = join(workspace, 'vms');
  const directoryOf = (id: string): string => join(root, id);
  const lockOf = (id: string): string => join(root, `${id}.lock`);
  const write = (id: string, name: string, value: unknown, durable = true): Promise<void> =>
    files.write(join(directoryOf(id), name), `${JSON.stringify(value, null, 2)}\n`, 0o600, { durable });

  async function readJson<T>(id: string, name: string): Promise<T | undefined> {
    const path = join(directoryOf(id), name);
    const text = await files.read(path);
    if (text === undefined) return undefined;
    let value: T & { schemaVersion?: unknown };
    try {
      value = JSON.parse(text) as T & { schemaVersion?: unknown };
    } catch (cause) {
      fail('config.invalid', `${path} is not JSON`, { cause, next: ['sysmonvm vm-gc --dry-run'] });
    }
    if (value.schemaVersion !== 1) {
      fail('config.newer-schema', `${path} has schema version ${String(value.schemaVersion)}; this version reads 1`);
    }
    return value;
  }

  async function append(id: string, name: string, line: string, doing: string): Promise<void> {
    const path = join(directoryOf(id), name);
    await appendFile(path, `${line}\n`, { mode: 0o600 }).catch((error: unknown) => {
      throw fileError(error, path, doing);
    });
  }

  /** A crash may have cut the last line; without its newline it never counted as published. */
  async function readLines(id: string, name: string): Promise<readonly string[]> {
    const lines = ((await files.read(join(directoryOf(id), name))) ?? '').split('\n');
    return lines.slice(0, -1).filter((line) => line !== '');
  }

  async function load(id: string): Promise<VmRecord | undefined> {
    const identity = await readJson<VmIdentity>(id, 'vm.json');
    const recorded = await readJson<RecordedState>(id, 'state.json');
    if (!identity || !recorded) return undefined;
    const [plan, ledger] = [await readJson<VmPlan>(id, 'plan.json'), await readJson<Ledger>(id, 'resources.json')];
    return {
      identity,
      recorded,
      directory: directoryOf(id),
      ledger: ledger ?? { schemaVersion: 1, kept: {} },
      ...(plan ? { plan } : {}),
    };
  }

  async function ids(): Promise<readonly string[]> {
    try {
      const entries = await readdir(root, { withFileTypes: true });
      return entries.filter((e) => e.isDirectory() && !e.name.startsWith('.')).map((e) => e.name);
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  }

  async function list(): Promise<{ vms: readonly VmRecord[]; broken: readonly BrokenRecord[] }> {
    const vms: VmRecord[] = [];
    const broken: BrokenRecord[] = [];
    for (const id of await ids()) {
      try {
        const record = await load(id);
        if (record) vms.push(record);
        else broken.push({ id, directory: directoryOf(id), problem: 'vm.json or state.json is missing' });
      } catch (error) {
        if (!(error instanceof SysmonvmError)) throw error;
        broken.push({ id, directory: directoryOf(id), problem: error.message });
      }
    }
    return { vms: vms.sort((a, b) => compareNames(a.identity.name, b.identity.name)), broken };
  }

  /** What cannot be read is no VM here; `list` names it. */
  async function find(name: string): Promise<VmRecord | undefined> {
    for (const id of await ids()) {
      const identity = await readJson<VmIdentity>(id, 'vm.json').catch((error: unknown) => {
        if (!(error instanceof SysmonvmError)) throw error;
      });
      if (identity?.name === name) return load(id);
    }
    return undefined;
  }

  /** Names are given and rubbish is swept by one process at a time. */
  const withRegister = <T>(purpose: string, action: () => Promise<T>): Promise<T> => {
    const deadlineAt = lockDependencies.clock.now() + 10_000;
    return withFileLock(
      join(root, '.register.lock'),
      { purpose, what: 'the list of VMs', deadlineAt },
      lockDependencies,
      action,
    );
  };

  async function refuseTaken({ id, name }: VmIdentity): Promise<void> {
    const taken = await find(name);
    if (!taken || taken.identity.id === id) return;
    fail('vm.name-taken', `a VM named ${name} exists (${taken.recorded.state.kind})`, {
      next: [`sysmonvm vm-status ${name}`, `sysmonvm vm-destroy ${name}`],
    });
  }

  return {
    workspace,
    load,
    list,
    find,
    async reidentify(identity) {
      await withRegister(`name ${identity.name}`, async () => {
        await refuseTaken(identity);
        await write(identity.id, 'vm.json', identity);
      });
    },
    async register(identity, state) {
      await files.makeDirectory(root, 0o700);
      await withRegister(`create ${identity.name}`, async () => {
        await refuseTaken(identity);
        // Appears complete: the directory is filled under a hidden name and renamed.
        const hidden = join(root, `.new-${identity.id}`);
        try {
          await mkdir(hidden, { mode: 0o700 });
          await files.write(join(hidden, 'vm.json'), `${JSON.stringify(identity, null, 2)}\n`, 0o600);
          await files.write(join(hidden, 'state.json'), `${JSON.stringify(state, null, 2)}\n`, 0o600);
          await rename(hidden, directoryOf(identity.id));
        } catch (error) {
          await rm(hidden, { recursive: true, force: true });
          throw fileError(error, hidden, 'creating a VM');
        }
      });
      return directoryOf(identity.id);
    },
    savePlan: (id, plan) => write(id, 'plan.json', plan),
    saveLedger: (id, ledger) => write(id, 'resources.json', ledger),
    // The next step of a destruction removes the directory; whether a power cut comes between makes no difference.
    saveState: (id, recorded) => write(id, 'state.json', recorded, recorded.state.kind !== 'destroying'),
    appendEvent: (id, event) => append(id, 'events.jsonl', JSON.stringify(event), 'recording an event'),
    readEvents: async (id) => (await readLines(id, 'events.jsonl')).map((line) => JSON.parse(line) as VmEvent),
    eventSizes: () => logSizes(root, (directory) => join(directory, 'events.jsonl')),
    consoleSizes: () => logSizes(root, consoleOfLastRun),
    async appendSample(id, sample) {
      const line = JSON.stringify(sample);
      const lines = await readLines(id, 'samples.jsonl');
      if (lines.length < keptSamples) return append(id, 'samples.jsonl', line, 'recording a start');
      const kept = [...lines.slice(1 - keptSamples), line];
      await files.write(join(directoryOf(id), 'samples.jsonl'), `${kept.join('\n')}\n`, 0o600, { durable: false });
    },
    readSamples: async (id) => (await readLines(id, 'samples.jsonl')).map((line) => JSON.parse(line) as StartSample),
    async pruneRuns(id, current, keep) {
      const directory = join(directoryOf(id), 'runs');
      // The name of a run begins with its time.
      const earlier = (await readdir(directory)).filter((name) => name !== current).sort();
      for (const name of earlier.slice(0, Math.max(0, earlier.length - keep + 1)))
        await files.remove(join(directory, name));
    },
    async remove(id) {
      const gone = join(root, `.gone-${id}-${uniqueToken()}`);
      try {
        await rename(directoryOf(id), gone);
      } catch (error) {
        if (isMissing(error)) return;
        const refusal = fileError(error, directoryOf(id), 'removing a VM');
        // Even a name may need room. A crash then leaves a VM that cannot be read, which vm-gc removes.
        if (hasCode(refusal, 'host.no-space')) return files.remove(directoryOf(id));
        throw refusal;
      }
      await files.remove(gone);
    },
    async sweepRubbish() {
      const entries = await readdir(root).catch(() => [] as string[]);
      const locks = await staleLockFiles(root, entries, lockDependencies);
      for (const path of locks) await files.remove(path);
      const rubbish = entries.filter((name) => name.startsWith('.gone-') || name.startsWith('.new-'));
      if (rubbish.length === 0) return [];
      return withRegister('sweep', async () => {
        for (const name of rubbish) await files.remove(join(root, name));
        return rubbish.map((name) => join(root, name));
      });
    },
    async lock(id, purpose, deadlineAt, signal) {
      await files.makeDirectory(root, 0o700);
      return acquireFileLock(
        lockOf(id),
        { purpose, what: `VM ${id}`, deadlineAt, ...(signal ? { signal } : {}) },
        lockDependencies,
      ).catch((error: unknown) => {
        throw fileError(error, root, `locking VM ${id}`);
      });
    },
    async lockHolder(id) {
      const content = await readLock(lockOf(id));
      if (!content || !(await lockDependencies.runner.isAlive(content.owner))) return undefined;
      return { pid: content.owner.pid, purpose: content.purpose };
    },
  };
}
