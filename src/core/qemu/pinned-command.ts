/** Under taskset, QEMU and all its threads stay on these CPUs of the host. */
export function pinnedCommand(
  executable: string,
  args: readonly string[],
  cpus: readonly number[] | undefined,
): { readonly executable: string; readonly args: readonly string[] } {
  if (cpus === undefined || cpus.length === 0) return { executable, args };
  return { executable: 'taskset', args: ['--cpu-list', cpus.join(','), executable, ...args] };
}
