import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** templates/local-images of this package, from the sources as well as from a bundle. */
export const templatesDir = (): string => {
  let dir = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(dir, 'templates', 'local-images'))) {
    const parent = dirname(dir);
    if (parent === dir) throw new Error('templates/local-images is not in this installation');
    dir = parent;
  }
  return join(dir, 'templates', 'local-images');
};

export interface TemplateFile {
  /** Path inside the guest, without a leading slash. */
  readonly path: string;
  readonly content: Buffer;
  readonly mode: number;
}

const PRIVATE_MODES: Readonly<Record<string, number>> = { 'etc/shadow': 0o600, 'etc/sudoers': 0o440 };

/** An archive of a package may lose permission bits, so a script is known by its first two bytes. */
export const templateFiles = async (name: string): Promise<TemplateFile[]> => {
  const dir = join(templatesDir(), name);
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1));
  return Promise.all(
    files.sort().map(async (path) => {
      const content = await readFile(join(dir, path));
      return {
        path,
        content,
        mode: PRIVATE_MODES[path] ?? (content.toString('latin1', 0, 2) === '#!' ? 0o755 : 0o644),
      };
    }),
  );
};

export const writeTemplateFiles = async (files: readonly TemplateFile[], root: string): Promise<void> => {
  for (const { path, content, mode } of files) {
    await mkdir(dirname(join(root, path)), { recursive: true, mode: 0o755 });
    await writeFile(join(root, path), content);
    await chmod(join(root, path), mode);
  }
};
