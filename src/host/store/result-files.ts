import { readdir, readFile } from 'node:fs/promises';
import { fail, hasCode } from '../../core/errors/sysmonvm-error.ts';
import type { ResultFiles } from '../../core/ports/result-files.ts';
import { parseConfigText } from './config-file.ts';
import { fileError, isMissing } from './file-errors.ts';

export function createResultFiles(): ResultFiles {
  return {
    async read(path) {
      let text: string;
      try {
        text = await readFile(path, 'utf8');
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw fileError(error, path, 'reading');
      }
      const values = json(text);
      const yaml = () => readYaml(text, path);
      return values === undefined
        ? { path, values: yaml().values, positions: () => yaml().positions }
        : { path, values, positions: () => yaml().positions };
    },
    async list(path) {
      try {
        return (await readdir(path)).sort();
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw fileError(error, path, 'reading');
      }
    },
  };
}

/** Thousands of values take the fast reader; the one that knows lines is asked for what it does not understand. */
function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function readYaml(text: string, path: string) {
  try {
    return parseConfigText(text, path);
  } catch (error) {
    if (!hasCode(error, 'config.unreadable')) throw error;
    fail('bench.result-invalid', error.message, {
      details: error.details,
      next: [`Mend ${path}, or measure again.`],
      cause: error,
    });
  }
}
