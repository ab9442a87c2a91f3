import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../unit/project/source-tree.ts';

const folder = mkdtempSync(join(tmpdir(), 'sysmonvm-shellcheck-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function shellcheck(root: string): { readonly code: number; readonly output: string } {
  try {
    const output = execFileSync(process.execPath, ['scripts/shellcheck.mjs', '--list'], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return { code: 0, output };
  } catch (error) {
    const { status, stdout, stderr } = error as { status: number; stdout: string; stderr: string };
    return { code: status, output: `${stdout}${stderr}` };
  }
}

describe('shellcheck', () => {
  it('has nothing to say about any shell line of the project', () => {
    const { code, output } = shellcheck(projectRoot);
    expect(output).toContain('.ci/run (bash)');
    expect(output).toContain('src/host/qemu/guardian-script.ts');
    expect(output).toMatch(/shellcheck: \d+ pieces, 0 with findings/);
    expect(code).toBe(0);
  });

  it('finds a mistake in a file, in an exported script, after -c and in a workflow, and refuses what is put together', () => {
    mkdirSync(join(folder, 'scripts'));
    mkdirSync(join(folder, 'src'));
    mkdirSync(join(folder, '.github/workflows'), { recursive: true });
    symlinkSync(join(projectRoot, 'node_modules'), join(folder, 'node_modules'));
    cpSync(join(projectRoot, 'scripts/shellcheck.mjs'), join(folder, 'scripts/shellcheck.mjs'));
    writeFileSync(join(folder, 'tool'), '#!/bin/sh\nrm $1\n');
    writeFileSync(join(folder, 'src/guest-script.ts'), 'export const guestScript = `cat $1`;\n');
    writeFileSync(
      join(folder, 'src/a.ts'),
      "spawn('/bin/sh', ['-c', 'ls $1']);\nspawn('sh', ['-c', `ls $".concat(
        "{'x'}`]);\nrun('grep', ['-c', 'no $shell']);\n",
      ),
    );
    writeFileSync(join(folder, '.github/workflows/w.yml'), 'jobs:\n  j:\n    steps:\n      - run: rm $X\n');
    const { code, output } = shellcheck(folder);
    expect(code).toBe(1);
    expect(output).toContain('shellcheck: 5 pieces, 5 with findings');
    expect(output).toMatch(/^tool:\n {2}line 2:4: .*SC2086/m);
    expect(output).toContain('src/guest-script.ts:1 guestScript:\n');
    expect(output).toContain("src/a.ts:2 after '-c': put together when it runs");
  });
});
