import { execFileSync } from 'node:child_process';
import { readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { authorityCertificates } from '../../../src/core/bootstrap/authority.ts';
import { proxyLines } from '../../../src/core/bootstrap/proxy.ts';
import {
  authorityApplyScript,
  authorityCheckScript,
  otlpApplyScript,
  otlpCheckScript,
  proxyApplyScript,
  proxyCheckScript,
} from '../../../src/core/bootstrap/scripts/network-script.ts';
import { guestTree } from '../../support/guest-tree.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const noRules = async (tree: Awaited<ReturnType<typeof guestTree>>, nft = '', iptables = '-P OUTPUT ACCEPT') => {
  await tree.programs.add('nft', { args: 'list chains', out: nft });
  await tree.programs.add('iptables', { args: '-S OUTPUT', out: iptables });
};

describe.each(['dash', 'bash'] as const)('steps of the network in %s', (shell) => {
  it('otlp: without a firewall there is nothing to allow [R-54]', async () => {
    const tree = await guestTree(shell);
    await noRules(tree);
    expect(await tree.run(otlpCheckScript, ['debian'])).toMatchObject({
      code: 77,
      last: 'no firewall runs in the guest',
    });
  });

  it.each([
    ['type filter hook output priority filter; policy drop;', '-P OUTPUT ACCEPT'],
    ['', '-P OUTPUT DROP'],
  ])('otlp: rules of somebody who drops what goes out (%j, %j) are told, not changed [R-54]', async (nft, iptables) => {
    const tree = await guestTree(shell);
    await noRules(tree, nft, iptables);
    expect(await tree.run(otlpCheckScript, ['debian'])).toMatchObject({
      code: 77,
      last: expect.stringContaining('allow TCP ports 4317 and 4318 in it'),
    });
  });

  it('otlp: ufw that lets everything out is left alone; one that does not gets a rule [R-54]', async () => {
    const tree = await guestTree(shell);
    const status = { args: 'status', out: 'Status: active' };
    await tree.programs.add('ufw', status, {
      args: 'status verbose',
      out: 'Default: deny (incoming), allow (outgoing)',
    });
    expect(await tree.run(otlpCheckScript, ['debian'])).toMatchObject({ code: 0 });
    const closed = { args: 'status verbose', out: 'Default: deny (incoming), deny (outgoing)' };
    await tree.programs.add('ufw', status, closed, { args: 'allow out proto tcp to any port 4317,4318' });
    expect(await tree.run(otlpCheckScript, ['debian'])).toMatchObject({ code: 10 });
    expect(await tree.run(otlpApplyScript, ['debian'])).toMatchObject({ code: 0 });
    const ruled = { args: 'status', out: 'Status: active\n4317,4318/tcp              ALLOW OUT   Anywhere' };
    await tree.programs.add('ufw', ruled, closed);
    expect(await tree.run(otlpCheckScript, ['debian'])).toMatchObject({ code: 0 });
  });

  it('otlp: a policy of firewalld that drops what the guest sends gets the ports [R-54]', async () => {
    const tree = await guestTree(shell);
    const state = { args: '--state', out: 'running' };
    const active = { args: '--get-active-policies', out: 'egress\n  ingress-zones: HOST\n  egress-zones: ANY' };
    await tree.programs.add('firewall-cmd', state, { args: '--get-active-policies' });
    expect(await tree.run(otlpCheckScript, ['el'])).toMatchObject({ code: 0 });
    const words = '--policy egress --get-target --permanent';
    const query = (port: number, code: number) => ({ args: `-q --policy egress --query-port ${port}/tcp`, code });
    const target = { args: words, out: 'DROP' };
    await tree.programs.add('firewall-cmd', state, active, target, query(4317, 1));
    expect(await tree.run(otlpCheckScript, ['el'])).toMatchObject({
      code: 10,
      last: expect.stringContaining('egress'),
    });
    await tree.programs.add(
      'firewall-cmd',
      state,
      active,
      { args: '--permanent --policy egress --get-target', out: 'DROP' },
      { args: '--permanent --policy egress --add-port 4317-4318/tcp' },
      { args: '--reload' },
    );
    expect(await tree.run(otlpApplyScript, ['el'])).toMatchObject({ code: 0 });
    await tree.programs.add('firewall-cmd', state, active, target, query(4317, 0), query(4318, 0));
    expect(await tree.run(otlpCheckScript, ['el'])).toMatchObject({ code: 0 });
  });

  it.each(['debian', 'el'] as const)('proxy: carried in once, replaced by another [%s]', async (family) => {
    const tree = await guestTree(shell);
    await tree.put('etc/environment', 'LANG=C\n');
    await tree.put('etc/dnf/dnf.conf', '[main]\ngpgcheck=1\n');
    const args = [family, 'user', '/tmp/input'] as const;
    for (const address of ['http://one.example:1', 'http://two.example:2']) {
      await tree.put('tmp/input', proxyLines({ https_proxy: address }));
      expect(await tree.run(proxyCheckScript, args)).toMatchObject({ code: 10 });
      expect(await tree.run(proxyApplyScript, args)).toMatchObject({ code: 0, stderr: '' });
      expect(await tree.run(proxyCheckScript, args)).toMatchObject({ code: 0 });
    }
    const environment = await tree.read('etc/environment');
    expect(environment).toMatch(/^LANG=C\n# sysmonvm begin\nhttp_proxy="http:\/\/two\.example:2"\n/);
    expect(environment).not.toContain('one.example');
    const own = await tree.read(family === 'el' ? 'etc/dnf/dnf.conf' : 'etc/apt/apt.conf.d/90sysmonvm-proxy');
    expect(own).toBe(
      family === 'el'
        ? '[main]\ngpgcheck=1\n# sysmonvm begin\nproxy=http://two.example:2\n# sysmonvm end\n'
        : 'Acquire::http::Proxy "http://two.example:2";\nAcquire::https::Proxy "http://two.example:2";\n',
    );
  });

  it('ca: the real update-ca-certificates puts it into the bundle, and what signed with it is believed', async () => {
    const folder = await temporaryDirectory();
    const file = join(folder, 'ca.pem');
    const subject = ['-subj', '/CN=a test authority', '-days', '2', '-nodes', '-newkey', 'ec', '-pkeyopt'];
    execFileSync(
      'openssl',
      ['req', '-x509', ...subject, 'ec_paramgen_curve:P-256', '-keyout', join(folder, 'key'), '-out', file],
      {
        stdio: 'ignore',
      },
    );
    const tree = await guestTree(shell);
    // In the tree the link that /usr/bin/awk is leads nowhere.
    await tree.programs.link('awk', await realpath('/usr/bin/awk'));
    await tree.makeDirectory('etc/ssl/certs');
    await tree.put('etc/ca-certificates.conf', '');
    await tree.makeDirectory('etc/ca-certificates/update.d');
    await tree.makeDirectory('usr-local/share');
    await tree.put('tmp/input', authorityCertificates(await readFile(file, 'utf8'), file));
    const args = ['debian', 'user', '/tmp/input'] as const;
    expect(await tree.run(authorityCheckScript, args)).toMatchObject({ code: 10 });
    expect(await tree.run(authorityApplyScript, args)).toMatchObject({ code: 0 });
    expect(await tree.run(authorityCheckScript, args)).toMatchObject({ code: 0, last: '1 certificates are trusted' });
    const bundle = join(tree.root, 'etc/ssl/certs/ca-certificates.crt');
    expect(execFileSync('openssl', ['verify', '-CAfile', bundle, file], { encoding: 'utf8' })).toContain(': OK');
  });
});
