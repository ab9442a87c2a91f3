import { installArguments, type PackageManagerName } from './tool-packages.ts';

export interface InstallNeeds {
  readonly manager: PackageManagerName;
  readonly packages: readonly string[];
  readonly root: boolean;
  /** The lists of packages are missing or old. */
  readonly refreshLists: boolean;
}

/** A fresh Debian or Ubuntu machine often updates itself at that moment and holds the lock. */
const aptLockWait = ['-o', 'DPkg::Lock::Timeout=120'] as const;

/** The whole commands as they are run and printed; Homebrew refuses root, every other manager needs it. */
export function installCommands({
  manager,
  packages,
  root,
  refreshLists,
}: InstallNeeds): readonly (readonly string[])[] {
  const [program = manager, ...args] = installArguments(manager, packages);
  if (manager === 'brew') return [[program, ...args]];
  const before = root ? [] : ['sudo'];
  if (manager !== 'apt') return [[...before, program, ...args]];
  // `env`, because sudo hands no variables on.
  const apt = [...before, 'env', 'DEBIAN_FRONTEND=noninteractive', program, ...aptLockWait];
  return [...(refreshLists ? [[...apt, 'update']] : []), [...apt, ...args]];
}
