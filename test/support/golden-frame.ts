import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'vitest';

/** Frames as files in test/golden/tui. SYSMONVM_UPDATE_GOLDEN=1 writes them anew. */
export function compareFrame(name: string, frame: string): void {
  const file = new URL(`../golden/tui/${name}.txt`, import.meta.url);
  const text = `${frame
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')}\n`;
  if (process.env['SYSMONVM_UPDATE_GOLDEN'] === '1') writeFileSync(file, text);
  expect(existsSync(file), `${file.pathname} is missing; run with SYSMONVM_UPDATE_GOLDEN=1`).toBe(true);
  expect(text).toBe(readFileSync(file, 'utf8'));
}
