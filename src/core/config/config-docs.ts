import type { FieldKey, SettingCommand } from './field.ts';
import { fieldEntries } from './fields.ts';
import { defaultText } from './option-declarations.ts';

/** One row of the reference page of settings. */
export interface SettingDoc {
  readonly key: FieldKey;
  readonly yaml: string;
  readonly flag?: string;
  readonly env?: string;
  readonly default: string;
  readonly description: string;
  readonly example: string;
  readonly commands: readonly SettingCommand[];
}

export function settingDocs(): SettingDoc[] {
  return fieldEntries.map(([key, field]) => ({
    key,
    yaml: field.yaml,
    ...(field.flag === undefined ? {} : { flag: field.yesNo ? field.flag.replace('--', '--[no-]') : field.flag }),
    ...(field.env === undefined ? {} : { env: field.env }),
    default: defaultText(field),
    description: field.description,
    example: field.example,
    commands: field.commands,
  }));
}
