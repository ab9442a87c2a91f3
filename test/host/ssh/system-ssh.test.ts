import { execFile, execFileSync } from 'node:child_process';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { knownHostsText } from '../../../src/core/ssh/known-hosts-text.ts';
import { sshConfigText, systemSshArguments } from '../../../src/core/ssh/system-ssh.ts';
import { generateKeyPair, writeKeyPair } from '../../../src/host/ssh/key-pair.ts';
import { ensureProgram } from '../../support/ensure-sshd.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { type RealServer, startServer } from './real-server.ts';

const execute = promisify(execFile);

describe('keys made here', () => {
  it('are read by ssh-keygen and by dropbear, and lie in files of mode 0600 [R-39]', async () => {
    const directory = await temporaryDirectory();
    for (const comment of ['', 'a', 'ab', 'sysmonvm demo', 'ünï ✓', 'x'.repeat(100)]) {
      const path = join(directory, `key${comment.length}`);
      const pair = await generateKeyPair(comment);
      await writeKeyPair(path, pair);
      expect(execFileSync('ssh-keygen', ['-y', '-f', path]).toString().trim()).toBe(pair.publicKey.trim());
      expect((await stat(path)).mode & 0o777).toBe(0o600);
      expect(await readFile(`${path}.pub`, 'utf8')).toBe(`${pair.publicKey}\n`);
      execFileSync(ensureProgram('dropbearconvert'), ['openssh', 'dropbear', path, `${path}.dropbear`], {
        stdio: 'ignore',
      });
      const shown = execFileSync(ensureProgram('dropbearkey'), ['-y', '-f', `${path}.dropbear`]).toString();
      expect(shown).toContain(pair.publicKey.split(' ').slice(0, 2).join(' '));
      await expect(writeKeyPair(path, pair)).rejects.toMatchObject({ code: 'EEXIST' });
    }
    await expect(generateKeyPair('two\nlines')).rejects.toMatchObject({ code: 'usage.invalid-argument' });
  });
});

describe('the ssh of the system', () => {
  let server: RealServer;
  beforeAll(async () => {
    server = await startServer('openssh');
  });
  afterAll(async () => {
    await server?.stop();
  });

  const ssh = (args: readonly string[]): Promise<{ stdout: string; stderr: string }> =>
    execute('ssh', [...args], { timeout: 20_000 });

  it('runs a command with our arguments, with a curve25519 key exchange and the pinned key', async () => {
    const clientKex = execFileSync('ssh', ['-Q', 'kex']).toString().trim().split('\n');
    const args = systemSshArguments(server.target, {
      interactive: false,
      extra: ['-v'],
      command: 'echo "$SSH_CONNECTION"',
      clientKex,
    });
    const { stdout, stderr } = await ssh(args);
    expect(stdout).toContain(` ${server.target.port}\n`);
    expect(stderr).toMatch(/kex: algorithm: curve25519-sha256/);
    expect(stderr).toMatch(/kex: host key algorithm: ssh-ed25519/);
  });

  it('cannot be weakened or led elsewhere by the configuration of the user', async () => {
    const directory = await temporaryDirectory();
    const config = join(directory, 'config');
    await writeFile(
      config,
      [
        'Host *',
        '  StrictHostKeyChecking no',
        '  UserKnownHostsFile /dev/null',
        '  ProxyJump nowhere.invalid',
        '  ControlMaster auto',
        `  ControlPath ${directory}/%h-%p`,
        '  RemoteCommand echo wrong',
        '  HostKeyAlias other',
        '  User nobody',
        '  Port 1',
      ].join('\n'),
    );
    const { stdout } = await ssh([
      '-F',
      config,
      ...systemSshArguments(server.target, { interactive: false, command: 'echo right' }),
    ]);
    expect(stdout).toBe('right\n');
    const other = await generateKeyPair('other');
    const knownHostsPath = join(directory, 'known_hosts');
    await writeFile(knownHostsPath, knownHostsText(other.publicKey));
    const wrong = { ...server.target, knownHostsPath };
    await expect(
      ssh(['-F', config, ...systemSshArguments(wrong, { interactive: false, command: 'true' })]),
    ).rejects.toMatchObject({
      code: 255,
      stderr: expect.stringContaining('REMOTE HOST IDENTIFICATION HAS CHANGED'),
    });
  });

  it('takes paths with spaces, percent signs and commas, also from the text of ssh-config', async () => {
    const directory = join(await temporaryDirectory(), 'my 100% work, space #1');
    await mkdir(directory);
    const target = {
      ...server.target,
      privateKeyPath: join(directory, 'the key'),
      knownHostsPath: join(directory, 'known hosts'),
    };
    await writeFile(target.privateKeyPath, await readFile(server.target.privateKeyPath), { mode: 0o600 });
    await writeFile(target.knownHostsPath, await readFile(server.target.knownHostsPath));
    expect((await ssh(systemSshArguments(target, { interactive: false, command: 'echo fine' }))).stdout).toBe('fine\n');
    const config = join(directory, 'config');
    await writeFile(config, sshConfigText('demo', target));
    expect((await ssh(['-F', config, 'demo', 'echo fine too'])).stdout).toBe('fine too\n');
  });
});
