import { join } from 'node:path';
import type { LocalImage } from '../../core/image/image-entry.ts';
import type { Clock } from '../../core/ports/clock.ts';
import { createTextFiles } from '../store/text-files.ts';
import { recipeKey } from './local/recipe-key.ts';
import { localRecipe } from './local/recipes.ts';

/**
 * local/<id>-<arch>.json: which digest the newest build of a local image has, and what it was built from.
 *   key     recipe, template files and package versions: another one is worth a new build
 *   recipe  recipe and template files alone: another one means an image of another sysmonvm, which may not fit
 */
interface LocalPointer {
  readonly schemaVersion: 1;
  readonly digest: string;
  readonly key: string;
  readonly recipe: string;
}

export interface LocalPointers {
  read(entry: LocalImage): Promise<LocalPointer | undefined>;
  write(entry: LocalImage, pointer: Omit<LocalPointer, 'schemaVersion'>): Promise<void>;
}

export function createLocalPointers(directory: string, clock: Clock): LocalPointers {
  const files = createTextFiles(clock);
  const folder = join(directory, 'local');
  const pathOf = ({ id, arch }: LocalImage): string => join(folder, `${id}-${arch}.json`);
  return {
    async read(entry) {
      const text = await files.read(pathOf(entry));
      if (text === undefined) return undefined;
      try {
        const value = JSON.parse(text) as LocalPointer | null;
        return value?.schemaVersion === 1 ? value : undefined;
      } catch {
        return undefined;
      }
    },
    async write(entry, pointer) {
      await files.makeDirectory(folder, 0o755);
      await files.write(pathOf(entry), `${JSON.stringify({ schemaVersion: 1, ...pointer }, null, 2)}\n`);
    },
  };
}

/** Digest of the recipe as this sysmonvm has it; needs neither APT nor the network. */
export function recipeDigest({ recipe, arch }: LocalImage): Promise<string> {
  return recipeKey(localRecipe(recipe, arch), new Map());
}
