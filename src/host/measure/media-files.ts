import { createReadStream } from 'node:fs';
import { open, readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fail, hasCode } from '../../core/errors/sysmonvm-error.ts';
import type { MediaFiles } from '../../core/ports/media-files.ts';
import { parseConfigText } from '../store/config-file.ts';
import { fileError, isMissing } from '../store/file-errors.ts';

const longestDocument = 1024 * 1024;

export function createMediaFiles(): MediaFiles {
  return {
    async look(asked) {
      const path = resolve(asked);
      try {
        const info = await stat(path);
        if (info.isDirectory()) return { kind: 'directory' };
        const file = await open(path, 'r');
        await file.close();
        return { kind: 'file', path, sizeBytes: info.size };
      } catch (error) {
        return { kind: isMissing(error) ? 'missing' : 'unreadable' };
      }
    },
    async bytes(path, from, count) {
      const file = await open(path, 'r');
      try {
        const { buffer, bytesRead } = await file.read(new Uint8Array(count), 0, count, from);
        return buffer.subarray(0, bytesRead);
      } finally {
        await file.close();
      }
    },
    async document(path, code) {
      let text: string;
      try {
        if ((await stat(path)).size > longestDocument) fail(code, `${path}: 1:1: longer than 1 MiB`);
        text = await readFile(path, 'utf8');
      } catch (error) {
        if (hasCode(error, code)) throw error;
        if (isMissing(error)) return undefined;
        throw fileError(error, path, 'reading');
      }
      try {
        return parseConfigText(text, path);
      } catch (error) {
        // The same findings under the name of this kind of file.
        if (hasCode(error, 'config.unreadable')) fail(code, error.message, { details: error.details, cause: error });
        throw error;
      }
    },
    async *text(path) {
      for await (const chunk of createReadStream(path, { encoding: 'utf8' })) yield String(chunk);
    },
  };
}
