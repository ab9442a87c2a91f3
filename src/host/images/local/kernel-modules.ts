import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** Every module of one kernel by its name, with `_` for `-` as the kernel itself writes it. */
const modulePaths = async (modulesDir: string): Promise<Map<string, string>> => {
  const files = await readdir(join(modulesDir, 'kernel'), { recursive: true });
  return new Map(
    files.filter((file) => file.endsWith('.ko')).map((file) => [moduleName(file), join('kernel', file)] as const),
  );
};

const moduleName = (path: string): string => basename(path, '.ko').replaceAll('-', '_');

/** The `depends=` entry of a module's .modinfo section, which is what depmod would find. */
const dependenciesOf = (content: Buffer): string[] => {
  const at = content.indexOf('\0depends=');
  if (at < 0) return [];
  const value = content.toString('latin1', at + 9, content.indexOf(0, at + 9));
  return value
    .split(',')
    .filter((name) => name !== '')
    .map((name) => name.replaceAll('-', '_'));
};

export interface KernelModule {
  readonly name: string;
  /** Relative to the kernel's module directory. */
  readonly path: string;
  readonly content: Buffer;
}

/** The wanted modules and what they need, each after what it needs; a name this kernel has built in is skipped. */
export const moduleClosure = async (modulesDir: string, wanted: readonly string[]): Promise<KernelModule[]> => {
  const paths = await modulePaths(modulesDir);
  const ordered = new Map<string, KernelModule>();
  const visit = async (name: string): Promise<void> => {
    const path = paths.get(name);
    if (path === undefined || ordered.has(name)) return;
    const content = await readFile(join(modulesDir, path));
    for (const dependency of dependenciesOf(content)) await visit(dependency);
    ordered.set(name, { name, path, content });
  };
  for (const name of wanted) await visit(name);
  return [...ordered.values()];
};
