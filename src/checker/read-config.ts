import { accessSync, constants, readFileSync } from 'node:fs';
import { type CheckerConfig, type ConfigProblem, checkConfig } from '../core/checker/config.ts';
import { withEnvironment } from '../core/checker/environment.ts';
import { tlsProblems } from './export/tls-problems.ts';

/** Where the file lies when nobody says: the second one on macOS. */
const usualConfigFiles = [
  '/etc/serviceradar/checkers/sysmon-vm.json',
  '/usr/local/etc/serviceradar/sysmon-vm.json',
] as const;

export type ReadConfig =
  | { readonly config: CheckerConfig; readonly file: string }
  | { readonly config?: undefined; readonly file: string; readonly problems: readonly ConfigProblem[] };

/** @param file undefined: the first of the usual ones that is there; without any, the defaults and the environment. */
export function readConfig(file: string | undefined, env: NodeJS.ProcessEnv): ReadConfig {
  const found = file ?? usualConfigFiles.find(isReadable);
  const place = found ?? 'the environment';
  const { value, problem } = found === undefined ? { value: {} } : parseFile(found);
  if (problem !== undefined) return { file: place, problems: [problem] };
  const { config, problems } = checkConfig(withEnvironment(value, env));
  if (config === undefined) return { file: place, problems };
  const unusable = config.security.mode === 'mtls' ? tlsProblems(config.security) : [];
  return unusable.length === 0 ? { config, file: place } : { file: place, problems: unusable };
}

function isReadable(file: string): boolean {
  try {
    accessSync(file, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

function parseFile(file: string): { readonly value?: unknown; readonly problem?: ConfigProblem } {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    return {
      problem: { place: 'the file', message: `cannot be read: ${(error as NodeJS.ErrnoException).code ?? error}` },
    };
  }
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return { problem: { place: 'the file', message: `is not JSON: ${(error as Error).message}` } };
  }
}
