import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TextFiles } from '../../core/ports/text-files.ts';
import { isMissing } from './file-errors.ts';
import { sha256 } from './sha256.ts';

export interface KnownWorkspaces {
  /** Written down before the first VM of a workspace exists. */
  note(workspace: string): Promise<void>;
  /** Those that exist still. */
  list(): Promise<readonly string[]>;
}

/** One small file a workspace, in the state directory of the user: the cache of images has to know whose VMs to ask. */
export function createKnownWorkspaces(directory: string, files: TextFiles): KnownWorkspaces {
  const nameOf = (workspace: string): string => sha256(workspace).slice(0, 32);
  return {
    async note(workspace) {
      const path = join(directory, nameOf(workspace));
      if (await files.exists(path)) return;
      await files.makeDirectory(directory, 0o700);
      await files.write(path, `${workspace}\n`, 0o600);
    },
    async list() {
      const found: string[] = [];
      for (const name of namesIn(directory)) {
        const workspace = (await files.read(join(directory, name)))?.trimEnd() ?? '';
        if (workspace !== '' && nameOf(workspace) === name && (await files.exists(workspace))) found.push(workspace);
      }
      return found;
    },
  };
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory).filter((name) => /^[0-9a-f]{32}$/.test(name));
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
