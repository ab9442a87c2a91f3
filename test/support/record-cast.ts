import { execFileSync } from 'node:child_process';
import { createReadStream, writeFileSync } from 'node:fs';
import type { Screen } from './screen.ts';

/** What a terminal was sent and when, as asciicast v2: a head, then `[seconds, "o", text]` a line. */
export function recordCast(
  screen: Screen,
  file: string,
  { columns, rows, title }: { readonly columns: number; readonly rows: number; readonly title: string },
): { end(): Promise<void> } {
  const pipe = `${file}.pipe`;
  execFileSync('mkfifo', [pipe]);
  const startedAt = performance.now();
  const lines = [JSON.stringify({ version: 2, width: columns, height: rows, title, env: { TERM: 'xterm-256color' } })];
  const stream = createReadStream(pipe, { encoding: 'utf8' });
  stream.on('data', (text) => {
    lines.push(JSON.stringify([Number(((performance.now() - startedAt) / 1000).toFixed(3)), 'o', text]));
  });
  screen.pipeTo(pipe);
  return {
    async end() {
      screen.pipeTo(undefined);
      await new Promise<void>((resolve) => stream.once('close', () => resolve()));
      execFileSync('rm', ['-f', pipe]);
      writeFileSync(file, `${lines.join('\n')}\n`);
    },
  };
}
