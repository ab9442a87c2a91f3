import type { Parameters, ParameterValue } from './workload.ts';

export interface ParameterDefinition {
  readonly name: string;
  readonly values: readonly ParameterValue[];
}

/** The cartesian product in the order of the file, the first parameter changing slowest. Without parameters: one. */
export function parameterMatrix(definitions: readonly ParameterDefinition[]): readonly Parameters[] {
  return definitions.reduce<readonly Parameters[]>(
    (combinations, { name, values }) =>
      combinations.flatMap((combination) => values.map((value) => ({ ...combination, [name]: value }))),
    [{}],
  );
}

/** `packet_size_bytes=64,rate=10`: for people and for names of folders. */
export function parametersText(parameters: Parameters): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${name}=${value}`)
    .join(',');
}

/** A folder name that is the same for the same parameters, and different for others: what no path may hold is coded. */
export function parametersFolder(parameters: Parameters): string {
  const text = parametersText(parameters);
  if (text === '') return 'no-parameters';
  const coded = text.replaceAll(/[^\w.,=+-]/gu, (character) => `%${character.codePointAt(0)?.toString(16)}`);
  return coded.startsWith('.') ? `%2e${coded.slice(1)}` : coded;
}
