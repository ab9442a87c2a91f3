import type { Engine } from '../../src/core/engine.ts';

const methods = [
  'hostSetup',
  'doctor',
  'doctorBundle',
  'fetchImage',
  'plan',
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

/** An engine that knows the calls it is given and fails the test on every other one. */
export function fakeEngine(known: Partial<Engine>): Engine {
  const strict = methods.map((name) => [
    name,
    (...args: readonly unknown[]) => {
      throw new Error(`unexpected call of engine.${name}(${JSON.stringify(args)})`);
    },
  ]);
  return { ...Object.fromEntries(strict), ...known } as Engine;
}
