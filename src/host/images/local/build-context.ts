import type { AptRoot } from './apt-root.ts';
import type { LocalRecipe } from './recipes.ts';

/** What a builder leaves behind: a raw disk, and beside it what a direct boot needs. */
export interface BuiltDisk {
  readonly rawPath: string;
  readonly kernel: Buffer;
  readonly initrd: Buffer;
  readonly packages: ReadonlyMap<string, string>;
}

export interface BuildContext {
  readonly recipe: LocalRecipe;
  readonly apt: AptRoot;
  readonly versions: ReadonlyMap<string, string>;
  readonly scratch: string;
  readonly signal: AbortSignal;
  readonly progress: (step: string, fraction: number, detail?: string) => void;
}
