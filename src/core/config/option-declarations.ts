import type { Field, FieldKey, SettingCommand } from './field.ts';
import { fieldEntries } from './fields.ts';

/** What a command needs to declare one option; the CLI turns it into its parser's words. */
export interface OptionDeclaration {
  readonly key: FieldKey;
  readonly flags: string;
  readonly description: string;
  readonly repeatable: boolean;
  readonly completion?: 'image' | 'file' | 'vm';
  readonly choices?: readonly string[];
}

/** Text of a default as it is shown to people. */
export function defaultText(field: Field<unknown>): string {
  return field.defaultNote ?? (field.default === undefined ? 'none' : String(field.default));
}

/** Options of a command in the order of the table. A yes-no field gives two: `--sudo` and `--no-sudo`. */
export function optionDeclarations(command: SettingCommand): OptionDeclaration[] {
  return fieldEntries.flatMap(([key, field]): OptionDeclaration[] => {
    if (field.flag === undefined || !field.commands.includes(command)) return [];
    const described = command === 'set' ? field.description : `${field.description} (default: ${defaultText(field)})`;
    const base = {
      key,
      repeatable: field.repeatable ?? false,
      ...(field.completion === undefined ? {} : { completion: field.completion }),
      ...(field.choices === undefined ? {} : { choices: field.choices }),
    };
    const option = { ...base, flags: field.flag, description: described };
    if (field.yesNo === undefined) return [option];
    return [
      option,
      { ...base, flags: field.flag.replace('--', '--no-'), description: `The opposite of ${field.flag}` },
    ];
  });
}
