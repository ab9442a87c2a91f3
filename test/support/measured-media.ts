import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compose } from '../../src/compose.ts';
import type { Call, Progress } from '../../src/core/engine.ts';
import type { BootMediumRequest, BootObservation } from '../../src/core/measure/boot-medium.ts';

/** The product's own engine over a temporary workspace. */
export async function mediaIn(directory: string) {
  const { engine } = await compose({ workspace: join(directory, 'workspace'), env: process.env, cwd: directory });
  const reports: Progress[] = [];
  const abort = new AbortController();
  const call: Call = { requestId: 'test', signal: abort.signal, report: (progress) => reports.push(progress) };
  return {
    engine,
    abort,
    reports,
    file(name: string, content: string | Uint8Array): string {
      writeFileSync(join(directory, name), content);
      return join(directory, name);
    },
    boot: (
      request: Omit<BootMediumRequest, 'outputDirectory' | 'timeoutMs'> & { readonly timeoutMs?: number },
    ): Promise<BootObservation> =>
      engine.media.boot({ timeoutMs: 120_000, outputDirectory: join(directory, 'out'), ...request }, call),
  };
}
