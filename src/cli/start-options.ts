import type { StartOptions } from '../core/engine.ts';
import type { OptionSpec } from './command-spec.ts';
import type { Flags } from './flags.ts';

/** Options of every command that waits for a boot. */
export const waitOptions: readonly OptionSpec[] = [
  { flags: '--no-wait', description: 'return when QEMU runs' },
  { flags: '--timeout <duration>', description: 'how long to wait for ready (default: `lifetime.ready_timeout`)' },
];

export function readStartOptions(flags: Flags): StartOptions {
  const timeoutMs = flags.durationMs('timeout');
  return {
    wait: flags.values['wait'] !== false,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(flags.on('requireAccel') ? { requireAccel: true } : {}),
    ...(flags.on('cold') ? { cold: true } : {}),
  };
}

/** `--timeout` alone, as the engine takes it. */
export function readTimeout(flags: Flags): { readonly timeoutMs?: number } {
  const timeoutMs = flags.durationMs('timeout');
  return timeoutMs === undefined ? {} : { timeoutMs };
}
