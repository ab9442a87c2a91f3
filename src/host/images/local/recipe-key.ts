import { createHash } from 'node:crypto';
import type { LocalRecipe } from './recipes.ts';
import { templateFiles } from './template-files.ts';

/** Folder of template files a recipe takes, beside the initrd's. */
const TEMPLATES = {
  tiny: ['initrd', 'tiny'],
  'debian-12': ['initrd', 'debian', 'debian-trimmed'],
  'debian-12-untrimmed': ['debian'],
} as const;

export const recipeKey = async (recipe: LocalRecipe, versions: ReadonlyMap<string, string>): Promise<string> => {
  const hash = createHash('sha256').update(JSON.stringify([recipe, [...versions]]));
  for (const folder of TEMPLATES[recipe.id]) {
    for (const file of await templateFiles(folder)) hash.update(`\n${folder}/${file.path}\0`).update(file.content);
  }
  return hash.digest('hex');
};
