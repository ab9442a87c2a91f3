#!/usr/bin/env node
/**
 * `npm run quickstart`: from a fresh clone to a real VM that was booted, used and removed. Every step is a command of
 * the CLI, shown as it is run. The workspace is a temporary one and is torn down however this ends.
 * With `--warm` the VM is a fork of a template, which is made the first time and kept for the next one.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { cli, forwardSignals, interrupted, interruptedCode, prepare, run } from './prepare.mjs';
import { seconds } from './test-report.mjs';

const vm = 'quickstart';
const image = 'debian-12';
const warm = process.argv.includes('--warm');
const unknown = process.argv.slice(2).filter((word) => word !== '--warm');
if (unknown.length > 0) {
  console.error(`quickstart: ${unknown.join(' ')} is not understood; there is --warm`);
  process.exit(2);
}

const preparation = [
  { title: 'Check this host and install what is missing', args: ['host-setup', '--yes'] },
  {
    title: 'Build the image from the signed APT sources of this host (cached)',
    args: ['fetch-image', '--image', image],
  },
];
const coldStart = [
  { title: 'Create a VM', args: ['vm-create', vm, '--image', image], makesVm: true },
  { title: 'Start it and wait until it is ready', args: ['vm-start', vm] },
  { title: 'Use it', args: ['exec', vm, '--', 'sh', '-c', 'uname -a; head -n 2 /etc/os-release; systemd-analyze'] },
  { title: 'Install the checker and show its first sample', args: ['vm-install', vm] },
];
const warmStart = [
  {
    title: 'A fresh VM from a template, which is made when there is none yet',
    args: ['up', vm, '--warm', '--image', image, '--cpus', '2', '--memory', '2G'],
    makesVm: true,
  },
  { title: 'Use it', args: ['exec', vm, '--', 'sh', '-c', 'uname -a; head -n 2 /etc/os-release; hostname; date'] },
];
const end = [
  { title: 'What it is and where the time went', args: ['vm-status', vm] },
  { title: 'Remove it', args: ['vm-destroy', vm, '--yes'], removesVm: true },
];
const steps = [...preparation, ...(warm ? warmStart : coldStart), ...end];

/** A template has to be where the next run finds it. */
function makeWorkspace() {
  if (!warm) return mkdtempSync(join(tmpdir(), 'sysmonvm-quickstart-'));
  const workspace = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'sysmonvm-quickstart');
  mkdirSync(workspace, { recursive: true, mode: 0o700 });
  return workspace;
}

function removeWorkspace(workspace) {
  if (!warm) rmSync(workspace, { recursive: true, force: true });
}

const shown = (args) =>
  args.map((word) => (/^[\w./:=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(' ');

async function sysmonvm(workspace, args, options = {}) {
  console.log(`$ sysmonvm ${shown(args)}`);
  return run(process.execPath, [cli, ...args], { env: { ...process.env, SYSMONVM_WORKSPACE: workspace }, ...options });
}

async function walk(workspace) {
  let vmMayExist = false;
  try {
    for (const [index, { title, args, makesVm, removesVm }] of steps.entries()) {
      if (interrupted()) return interruptedCode();
      vmMayExist ||= makesVm === true;
      const startedAt = Date.now();
      console.log(`\n[${index + 1}/${steps.length}] ${title}`);
      const code = await sysmonvm(workspace, args);
      if (code !== 0) {
        if (!interrupted()) console.error(`This step ended with exit code ${code}; its own words are above`);
        return interrupted() ? interruptedCode() : code;
      }
      if (removesVm) vmMayExist = false;
      console.log(`(${seconds(Date.now() - startedAt)})`);
    }
    return 0;
  } finally {
    if (vmMayExist) await removeVm(workspace);
    else removeWorkspace(workspace);
  }
}

/** Exit code 9: there is no such VM, so there is nothing left to remove. */
async function removeVm(workspace) {
  console.log('\nTearing down');
  const code = await sysmonvm(workspace, ['vm-destroy', vm, '--yes'], { shielded: true });
  if (code === 0 || code === 9) {
    removeWorkspace(workspace);
    return;
  }
  console.error(`The VM could not be removed (exit code ${code}). It is kept in ${workspace}; to try again:`);
  console.error(`  SYSMONVM_WORKSPACE=${workspace} node dist/cli/main.js vm-destroy ${vm} --yes`);
}

const startedAt = Date.now();
forwardSignals();
try {
  await prepare();
  if (!interrupted()) {
    const workspace = makeWorkspace();
    console.log(`\nBelow, sysmonvm is "node dist/cli/main.js" with SYSMONVM_WORKSPACE=${workspace}`);
    process.exitCode = await walk(workspace);
  }
} catch (error) {
  console.error(`quickstart: ${error.message}`);
  process.exitCode = 1;
}
if (interrupted()) process.exitCode = interruptedCode();
if (process.exitCode === 0 && warm) {
  console.log(`
Done: the VM is gone, its template stays: the next run has a fresh VM in seconds. To remove all of it, image cache included:
  SYSMONVM_WORKSPACE=${makeWorkspace()} node dist/cli/main.js uninstall --yes
To remove the template alone: the same with "template destroy NAME --yes"; "template list" has the name.`);
} else if (process.exitCode === 0) {
  console.log(
    `\nDone: the VM and its workspace are gone. The image stays in the cache of this user (sysmonvm df shows it, sysmonvm uninstall removes it).`,
  );
}
console.log(`Total time: ${seconds(Date.now() - startedAt)}`);
