import { lstat, mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, hasCode, SysmonvmError } from '../../core/errors/sysmonvm-error.ts';
import { compareNames } from '../../core/ids/compare-names.ts';
import { uniqueToken } from '../../core/ids/unique-token.ts';
import { vmNamePattern } from '../../core/ids/vm-name.ts';
import type { ProcessIdentity } from '../../core/ports/process-runner.ts';
import type { BrokenTemplate, TemplateStore } from '../../core/ports/template-store.ts';
import type { TextFiles } from '../../core/ports/text-files.ts';
import type { Template } from '../../core/template/template.ts';
import { fileError, isMissing } from './file-errors.ts';
import { acquireFileLock, type FileLockDependencies, withFileLock } from './file-lock.ts';
import { addPart, copyPart, measuredPart, sealedParts, whyPartsChanged } from './template-parts.ts';

interface Making {
  readonly name: string;
  readonly owner: ProcessIdentity;
}

/**
 * templates/NAME/{template.json, ram, state, disk.qcow2, overlay.qcow2, vars.qcow2}. While one is being made it lies in
 * templates/.new-ID with a making.json that names it and its maker; that also holds the name. Locks lie beside.
 */
export function createTemplateStore(workspace: string, files: TextFiles, locks: FileLockDependencies): TemplateStore {
  const root = join(workspace, 'templates');
  const directoryOf = (name: string): string => join(root, name);
  const stagingOf = (id: string): string => join(root, `.new-${id}`);
  const record = (directory: string, template: Template): Promise<void> =>
    files.write(join(directory, 'template.json'), `${JSON.stringify(template, null, 2)}\n`, 0o600);

  const withRegister = <T>(purpose: string, action: () => Promise<T>): Promise<T> =>
    withFileLock(
      join(root, '.register.lock'),
      { purpose, what: 'the list of templates', deadlineAt: locks.clock.now() + 10_000 },
      locks,
      action,
    );

  async function entries(): Promise<readonly string[]> {
    try {
      return await readdir(root);
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  }

  async function directories(): Promise<readonly string[]> {
    const names = await entries();
    const looked = await Promise.all(names.map(async (name) => (await lstat(join(root, name))).isDirectory()));
    return names.filter((name, index) => looked[index] === true && !name.startsWith('.'));
  }

  async function load(name: string): Promise<Template | undefined> {
    if (!vmNamePattern.test(name)) return undefined;
    const path = join(directoryOf(name), 'template.json');
    const text = await files.read(path);
    if (text === undefined) return undefined;
    const template = parsed(text, path);
    if (template.schemaVersion !== 1)
      fail('config.newer-schema', `${path} has schema version ${String(template.schemaVersion)}; this version reads 1`);
    if (template.name !== name)
      fail('template.changed', `${path} describes a template named ${template.name}: a copy cannot be forked`, {
        next: [`sysmonvm template destroy ${name}`],
      });
    return template;
  }

  async function making(entry: string): Promise<Making | undefined> {
    const text = await files.read(join(root, entry, 'making.json'));
    const found = text === undefined ? undefined : (JSON.parse(text) as Making);
    return found && (await locks.runner.isAlive(found.owner)) ? found : undefined;
  }

  async function refuseTaken(name: string): Promise<void> {
    const next = [`sysmonvm template show ${name}`, `sysmonvm template destroy ${name}`];
    const names = await entries();
    if (names.includes(name)) fail('template.name-taken', `a template named ${name} exists`, { next });
    for (const entry of names.filter((entry) => entry.startsWith('.new-'))) {
      const maker = await making(entry);
      if (maker?.name !== name) continue;
      fail('template.name-taken', `a template named ${name} is being made by process ${maker.owner.pid}`, {
        details: { pid: maker.owner.pid },
        next: [`ps -p ${maker.owner.pid}`],
      });
    }
  }

  return {
    load,
    directoryOf,
    async list() {
      const templates: Template[] = [];
      const broken: BrokenTemplate[] = [];
      for (const name of (await directories()).toSorted(compareNames)) {
        try {
          const template = await load(name);
          if (template) templates.push(template);
          else broken.push({ name, directory: directoryOf(name), problem: 'template.json is missing' });
        } catch (error) {
          if (!(error instanceof SysmonvmError)) throw error;
          broken.push({ name, directory: directoryOf(name), problem: error.message });
        }
      }
      return { templates, broken };
    },
    async stage(name, id) {
      await files.makeDirectory(root, 0o700);
      const owner = await locks.runner.identify(process.pid);
      if (!owner) throw new Error('the identity of this process cannot be read');
      const directory = stagingOf(id);
      await withRegister(`make template ${name}`, async () => {
        await refuseTaken(name);
        try {
          await mkdir(directory, { mode: 0o700 });
          await files.write(join(directory, 'making.json'), `${JSON.stringify({ name, owner })}\n`, 0o600);
        } catch (error) {
          await rm(directory, { recursive: true, force: true });
          throw fileError(error, directory, 'making a template');
        }
      });
      return directory;
    },
    add: addPart,
    measure: measuredPart,
    async publish(template) {
      const directory = stagingOf(template.id);
      await record(directory, template);
      await withRegister(`publish template ${template.name}`, async () => {
        await rename(directory, directoryOf(template.name)).catch((error: unknown) => {
          throw fileError(error, directoryOf(template.name), 'giving a template its name');
        });
      });
      await files.remove(join(directoryOf(template.name), 'making.json'));
    },
    discard: (id) => files.remove(stagingOf(id)),
    async seal(template) {
      const directory = directoryOf(template.name);
      const sealed = { ...template, parts: await sealedParts(directory, template) };
      await record(directory, sealed);
      return sealed;
    },
    async whyChanged(template, thorough, signal) {
      const directory = directoryOf(template.name);
      const looked = await whyPartsChanged(directory, template, thorough, signal);
      if ('why' in looked) return looked.why;
      if (looked.renew) await record(directory, { ...template, parts: await sealedParts(directory, looked.template) });
      return undefined;
    },
    async remove(name) {
      const gone = join(root, `.gone-${name}-${uniqueToken()}`);
      try {
        await rename(directoryOf(name), gone);
      } catch (error) {
        if (isMissing(error)) return;
        const refusal = fileError(error, directoryOf(name), 'removing a template');
        if (hasCode(refusal, 'host.no-space')) return files.remove(directoryOf(name));
        throw refusal;
      }
      await files.remove(gone);
    },
    async lock(name, purpose, deadlineAt, signal) {
      await files.makeDirectory(root, 0o700);
      const options = { purpose, what: `template ${name}`, deadlineAt, ...(signal ? { signal } : {}) };
      return acquireFileLock(join(root, `${name}.lock`), options, locks);
    },
    async sweepRubbish() {
      const hidden = (await entries()).filter((name) => name.startsWith('.gone-') || name.startsWith('.new-'));
      if (hidden.length === 0) return [];
      return withRegister('sweep', async () => {
        const removed: string[] = [];
        for (const name of hidden) {
          if (name.startsWith('.new-') && (await making(name))) continue;
          await files.remove(join(root, name));
          removed.push(join(root, name));
        }
        return removed;
      });
    },
    copyPart: (template, part, path) => copyPart(join(directoryOf(template.name), part), path),
    async noteUse(name) {
      const now = new Date(locks.clock.now());
      await utimes(join(directoryOf(name), 'template.json'), now, now).catch(() => undefined);
    },
    async lastUse(name) {
      const found = await stat(join(directoryOf(name), 'template.json')).catch(() => undefined);
      return found?.mtimeMs;
    },
  };
}

function parsed(text: string, path: string): Template {
  try {
    return JSON.parse(text) as Template;
  } catch (cause) {
    return fail('template.changed', `${path} is not JSON`, { cause });
  }
}
