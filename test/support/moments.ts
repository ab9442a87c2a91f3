/**
 * Moments at which something is killed, where each costs the boot of a guest: all of them with `npm run test:moments`,
 * otherwise the first and the last.
 */
export function moments<T>(all: readonly T[]): readonly T[] {
  return process.env['SYSMONVM_ALL_MOMENTS'] === '1' ? all : all.filter((_, at) => at === 0 || at === all.length - 1);
}
