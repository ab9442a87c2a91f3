import type { Engine, ImageOperations } from '../../src/core/engine.ts';

const methods = [
  'hostSetup',
  'doctor',
  'doctorBundle',
  'plan',
  'planOf',
  'usage',
  'consoleSizes',
  'create',
  'start',
  'wait',
  'stop',
  'restart',
  'change',
  'addPort',
  'removePort',
  'destroy',
  'up',
  'run',
  'status',
  'list',
  'events',
  'logs',
  'consoleSocket',
  'exec',
  'sshTarget',
  'upload',
  'download',
  'gc',
  'diskUse',
  'uninstall',
  'versions',
] as const satisfies readonly (keyof Engine)[];

const imageMethods = [
  'list',
  'show',
  'pull',
  'verify',
  'update',
  'add',
  'remove',
  'keys',
  'addKey',
  'removeKey',
  'prune',
  'export',
  'import',
] as const satisfies readonly (keyof ImageOperations)[];

/** An engine that knows the calls it is given and fails the test on every other one. */
export function fakeEngine(known: Partial<Engine>): Engine {
  return { ...Object.fromEntries(methods.map(strict('engine'))), images: fakeImages({}), ...known } as Engine;
}

export function fakeImages(known: Partial<ImageOperations>): ImageOperations {
  return { ...Object.fromEntries(imageMethods.map(strict('engine.images'))), ...known } as ImageOperations;
}

function strict(of: string) {
  return (name: string) => [
    name,
    (...args: readonly unknown[]) => {
      throw new Error(`unexpected call of ${of}.${name}(${JSON.stringify(args)})`);
    },
  ];
}
