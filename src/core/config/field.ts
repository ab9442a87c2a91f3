import type { z } from 'zod';
import type { VmConfig } from './vm-config.ts';

/** Commands that take VM settings; `plan` takes what `create` takes. */
export type SettingCommand = 'create' | 'up' | 'run' | 'plan' | 'set' | 'start';

/** One setting of a VM. Flags, YAML keys, variables, JSON Schema, documentation and completion are made from it. */
export interface Field<T> {
  /** Path in config.yaml. */
  readonly yaml: string;
  /** `--name <value>`; a field with `yesNo` has no value and gets `--no-name` as well. */
  readonly flag?: string;
  readonly yesNo?: true;
  readonly repeatable?: true;
  readonly env?: string;
  /** Takes YAML values and text; gives what VmConfig holds. */
  readonly schema: z.ZodType<T>;
  readonly default: T;
  /** Shown in place of a default that is decided later. */
  readonly defaultNote?: string;
  readonly description: string;
  /** As it is written in config.yaml. */
  readonly example: string;
  readonly commands: readonly SettingCommand[];
  readonly completion?: 'image' | 'file' | 'vm';
  readonly choices?: readonly string[];
}

type ValueOf<S> = S extends { readonly value: infer T } ? T : never;
export type FieldKey = keyof VmConfig;
export type FieldTable = { readonly [K in FieldKey]-?: Field<ValueOf<NonNullable<VmConfig[K]>>> };

/** Name under which commander stores a flag's value: `--ssh-port <port>` is `sshPort`. */
export function flagAttribute(flag: string): string {
  return (flag.split(' ')[0] ?? '')
    .replace(/^--/, '')
    .replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
