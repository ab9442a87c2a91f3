import { parseArgs } from 'node:util';
import { machineLine, Sandbox } from './sandbox.mjs';

/**
 * The frame of a bench: flags, sandbox, signals, exit code. 0: every stated target is met. 1: one is missed.
 * 2: not understood, or it could not be measured.
 * @param {{ about: string, options: import('node:util').ParseArgsConfig['options'], measure: (sandbox: Sandbox, values: Record<string, string | boolean | undefined>) => Promise<boolean> }} bench
 */
export async function runBench({ about, options, measure }) {
  let values;
  try {
    values = parseArgs({ options: { ...options, help: { type: 'boolean', default: false } } }).values;
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${about}`);
    process.exitCode = 2;
    return;
  }
  if (values['help']) {
    console.log(about);
    return;
  }
  const sandbox = new Sandbox();
  const end = (/** @type {NodeJS.Signals} */ signal) => {
    sandbox
      .dispose()
      .catch((error) => console.error(String(error)))
      .finally(() => process.exit(signal === 'SIGINT' ? 130 : 143));
  };
  process.once('SIGINT', end);
  process.once('SIGTERM', end);
  try {
    console.log(`${about.split('\n')[0]}\nOn: sysmonvm ${machineLine(sandbox)}\n`);
    process.exitCode = (await measure(sandbox, values)) ? 0 : 1;
  } catch (error) {
    console.error(`not measured: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 2;
  } finally {
    await sandbox.dispose();
  }
}

/** @param {string | boolean | undefined} value @param {string} flag @param {number} least */
export function count(value, flag, least = 1) {
  const number = Number(value);
  if (!Number.isInteger(number) || number < least) throw new Error(`--${flag} needs a whole number, at least ${least}`);
  return number;
}

/** Progress goes to stderr, so that stdout holds the tables only. @param {number} total */
export const pairsDone = (total) => (/** @type {number} */ done) => {
  process.stderr.write(`pair ${done} of ${total}\n`);
};
