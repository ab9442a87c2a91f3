import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { openGuestAgentScript } from '../../../src/core/cloud-init/open-guest-agent-script.ts';

const directory = mkdtempSync(join(tmpdir(), 'qemu-ga-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** Twice, as two boots do; setsebool and systemctl of this host are not asked. */
function opened(text: string): string {
  const path = join(directory, 'qemu-ga');
  writeFileSync(path, text);
  for (let boot = 0; boot < 2; boot += 1) {
    for (const name of ['setsebool', 'systemctl']) writeFileSync(join(directory, name), '#!/bin/sh\n', { mode: 0o755 });
    execFileSync('sh', ['-c', openGuestAgentScript, 'sh', path, join(directory, 'missing')], {
      env: { PATH: `${directory}:/usr/bin:/bin` },
    });
  }
  return readFileSync(path, 'utf8');
}

const ours = 'guest-exec,guest-exec-status,guest-file-open,guest-file-close,guest-file-read,guest-file-seek';
const files = 'guest-file-open,guest-file-close,guest-file-read,guest-file-write,guest-file-seek,guest-file-flush';

it.each([
  [
    'a list of blocked commands in quotes',
    `# guest-exec is off\nFILTER_RPC_ARGS="--block-rpcs=${files},guest-exec,guest-exec-status"\n`,
    '# guest-exec is off\nFILTER_RPC_ARGS="--block-rpcs="\n',
  ],
  ['the older name', `BLACKLIST_RPC=${files},guest-exec,guest-exec-status\n`, 'BLACKLIST_RPC=\n'],
  [
    'others that are blocked stay so',
    `BLACKLIST_RPC=guest-exec,guest-fstrim,${files},guest-shutdown,guest-exec-status\n`,
    'BLACKLIST_RPC=guest-fstrim,guest-shutdown\n',
  ],
  [
    'a list of allowed commands',
    'FILTER_RPC_ARGS="--allow-rpcs=guest-ping,guest-sync"\n',
    `FILTER_RPC_ARGS="--allow-rpcs=${ours},guest-ping,guest-sync"\n`,
  ],
  ['the newer file', `[general]\nblock-rpcs = ${files},guest-exec\n`, '[general]\nblock-rpcs =\n'],
  ['the newer file, allowed', '[general]\nallow-rpcs = guest-ping\n', `[general]\nallow-rpcs = ${ours},guest-ping\n`],
  ['a comment', '#FILTER_RPC_ARGS="--allow-rpcs=guest-ping"\n', '#FILTER_RPC_ARGS="--allow-rpcs=guest-ping"\n'],
])('opens %s', (_, before, after) => {
  expect(opened(before)).toBe(after);
});
