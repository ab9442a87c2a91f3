import type { Parameters } from './workload.ts';

/** Names that a program, its shell or its loader gives a meaning to: a parameter may not be called so. */
const reserved = new Set([
  ...['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'LANG', 'LC_ALL', 'TERM', 'TMPDIR', 'PWD', 'OLDPWD', 'IFS', 'ENV'],
  ...['PS1', 'PS2', 'PS4', 'CDPATH', 'BASH_ENV', 'LD_PRELOAD', 'LD_LIBRARY_PATH', 'TZ', 'HOSTNAME'],
]);

/** `packet_size_bytes` → `PACKET_SIZE_BYTES`. */
export function variableName(parameter: string): string {
  return parameter.toUpperCase().replaceAll(/[^A-Z0-9_]/g, '_');
}

export function isReservedName(parameter: string): boolean {
  return reserved.has(variableName(parameter)) || variableName(parameter).startsWith('SYSMONVM_');
}

/** Every parameter under its plain name and under one that nothing else has. */
export function parameterVariables(parameters: Parameters): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(parameters).flatMap(([name, value]) => [
      [variableName(name), String(value)],
      [`SYSMONVM_PARAM_${variableName(name)}`, String(value)],
    ]),
  );
}

/** `{name}` in the words of a command; braces that name no parameter stay as they are. */
export function fillWords(words: readonly string[], parameters: Parameters): readonly string[] {
  return words.map((word) =>
    word.replaceAll(/\{([A-Za-z_][\w.-]*)\}/g, (whole, name: string) =>
      Object.hasOwn(parameters, name) ? String(parameters[name]) : whole,
    ),
  );
}

/** The first parameter that stands in braces in a line for sh, where nothing is filled in. */
export function bracedParameter(line: string, names: readonly string[]): string | undefined {
  return names.find((name) => new RegExp(`(?<!\\$)\\{${name.replaceAll(/[.]/g, '\\.')}\\}`).test(line));
}
