import { execFileSync } from 'node:child_process';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, parseBinary } from 'plist';
import { describe, expect, it } from 'vitest';
import { hostLayouts, serviceText } from '../../../src/core/host-collector/layout.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const project = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const run = (tool: string, ...args: string[]) => execFileSync(tool, args, { encoding: 'utf8' });

describe('property lists', () => {
  it.each(['launchd/com.serviceradar.sysmonvm.plist', 'packaging/macos/entitlements.plist'])(
    '%s is read by libplist as what it says [R-85]',
    async (name) => {
      const directory = await temporaryDirectory('sm-plist-');
      const [xml, binary] = [join(directory, 'xml'), join(directory, 'binary')];
      const text = serviceText(await readFile(project(`templates/${name}`), 'utf8'), hostLayouts.darwin);
      await writeFile(xml, text);
      run('plistutil', '-i', xml, '-f', 'bin', '-o', binary);
      expect(parseBinary(await readFile(binary))).toEqual(parse(text));
    },
  );
});

describe('the sudoers file', () => {
  it('is right in the eyes of visudo, and every word of its command is fixed [R-107]', async () => {
    const path = project('templates/packaging/macos/sudoers');
    expect(run('visudo', '-cf', path)).toContain('parsed OK');
    expect(await readFile(path, 'utf8')).not.toMatch(/^Cmnd_Alias.*[*?[]/m);
  });
});

/** What the package would lay down, with a stand-in for launchctl, as one file for a root of its own. */
async function packageTree(): Promise<string> {
  const directory = await temporaryDirectory('sm-mac-');
  const tree = join(directory, 'tree');
  const put = async (path: string, from: string) => {
    await mkdir(dirname(join(tree, path)), { recursive: true });
    await copyFile(project(from), join(tree, path));
  };
  const { program, service, serviceTemplate } = hostLayouts.darwin;
  await put('usr/local/bin/launchctl', 'test/fixtures/launchctl.sh');
  await writeFile(join(tree, 'usr/local/bin/launchctl.state'), 'running\n');
  await writeFile(join(tree, 'usr/local/bin/launchctl.root'), '\n');
  await put('preinstall', 'templates/packaging/macos/preinstall');
  await put('postinstall', 'templates/packaging/macos/postinstall');
  await put(service, `templates/${serviceTemplate}`);
  await put(program, 'test/fixtures/launchctl.sh');
  run('tar', '-czf', join(directory, 'tree.tar.gz'), '-C', tree, '.');
  return directory;
}

async function inRoot(script: string): Promise<string> {
  const directory = await packageTree();
  const words = [
    'unshare',
    '--mount',
    project('test/fixtures/in-overlay.sh'),
    join(directory, 'overlay'),
    join(directory, 'tree.tar.gz'),
    `tar -xzf /package -C / --no-same-owner --no-overwrite-dir\nPATH=/usr/local/bin:$PATH\n${script}`,
  ];
  return process.getuid?.() === 0 ? run('env', ...words) : run('sudo', '-n', ...words);
}

const config = '/usr/local/etc/serviceradar/sysmon-vm.json';
const lay = `mkdir -p ${dirname(config)}; echo new >${config}`;

describe('the scripts of the .pkg, run by a real shell over a stand-in for launchctl', () => {
  it('bring back the configuration that was there, make the folder of the logs, and restart the service [R-132]', async () => {
    const said = await inRoot(
      `mkdir -p ${dirname(config)}; echo mine >${config}
/bin/sh /preinstall package target / /
${lay}
/bin/sh /postinstall package target / /
cat ${config} /usr/local/bin/launchctl.state
stat -c %a ${config}
ls -d /var/log/serviceradar ${config}.before-install 2>/dev/null || true`,
    );
    expect(said).toBe('mine\nrunning\n600\n/var/log/serviceradar\n');
  });

  it('leave the service alone on another volume, and fail when a file is missing', async () => {
    const { program, service } = hostLayouts.darwin;
    const said = await inRoot(`/bin/sh /postinstall package target / / 2>&1 || echo "ended with $?"
for file in ${program} ${service}; do
  mkdir -p "/volume$(dirname $file)"
  cp $file /volume$file
done
mkdir -p /volume${dirname(config)}
echo new >/volume${config}
/bin/sh /postinstall package target /volume /
ls -d /volume/var/log/serviceradar
cat /usr/local/bin/launchctl.calls 2>/dev/null | wc -l`);
    expect(said).toBe(
      `serviceradar-sysmon-vm: ${config} is missing after the installation\nended with 1\n/volume/var/log/serviceradar\n0\n`,
    );
  });
});
