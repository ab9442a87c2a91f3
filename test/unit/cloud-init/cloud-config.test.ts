import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { mergeCloudConfig } from '../../../src/core/cloud-init/merge.ts';
import { toYaml } from '../../../src/core/cloud-init/to-yaml.ts';
import { SysmonvmError } from '../../../src/core/errors/sysmonvm-error.ts';
import { checkedCloudConfig, parseCloudConfig, readCloudConfig } from '../../../src/host/store/cloud-config-file.ts';

function failure(run: () => unknown): SysmonvmError {
  try {
    run();
  } catch (error) {
    if (error instanceof SysmonvmError) return error;
    throw error;
  }
  throw new Error('did not fail');
}

const check = (body: string) => checkedCloudConfig(`#cloud-config\n${body}`, 'mine.yaml');
const rejects = (body: string) => failure(() => check(body));

describe('reading a cloud-config', () => {
  it('reads as cloud-init does: YAML 1.1 booleans and octal numbers, dates as text', () => {
    const { value } = check('disable_root: no\nusers:\n  - {name: a, expiredate: 2030-01-01, uid: 0644}\n');
    expect(value).toEqual({ disable_root: false, users: [{ name: 'a', expiredate: '2030-01-01', uid: 420 }] });
  });

  it('knows the line of each field and of the nearest one around a missing field', () => {
    const document = check('hostname: a\nusers:\n  - default\n  - name: b\n    shell: /bin/sh\n');
    expect(document.lineOf(['users', 1, 'shell'])).toBe(6);
    expect(document.lineOf(['users', 1, 'gecos'])).toBe(5);
    expect(document.lineOf(['absent'])).toBe(1);
  });

  it.each([
    ['no header', 'hostname: a\n', 1, 'first line must be exactly "#cloud-config"'],
    ['a script', '#!/bin/sh\ntrue\n', 1, '#!/bin/sh'],
    ['a list', '#cloud-config\n- a\n', 1, 'must be a mapping'],
    ['a text', '#cloud-config\nhello\n', 1, 'must be a mapping'],
    ['a key that is there twice', '#cloud-config\nhostname: a\nhostname: b\n', 3, 'unique'],
    ['broken YAML', '#cloud-config\nhostname: a\nusers: [\n', 4, 'mine.yaml:4'],
    ['an unknown tag', '#cloud-config\nhostname: !secret a\n', 2, 'tag'],
  ])('refuses %s with its line [R-39]', (_, text, line, words) => {
    const error = failure(() => checkedCloudConfig(text, 'mine.yaml'));
    expect(error.code).toBe('config.cloud-init-invalid');
    expect(error.message).toContain(words);
    expect(error.details).toMatchObject({ file: 'mine.yaml', line });
  });

  it.each([
    ['a misspelt key', 'hostname: a\npakages: [jq]\n', 3, 'pakages', 'Did you mean packages'],
    ['network settings', 'network: {version: 2}\n', 2, 'network', '--network'],
    ['text where a boolean belongs', 'package_update: "maybe"\n', 2, 'package_update', 'true or false'],
    ['one command instead of a list', 'runcmd: echo hi\n', 2, 'runcmd', 'must be a list of commands'],
    ['a mapping as a command', 'runcmd:\n  - ok\n  - echo: hi\n', 4, 'runcmd[1]', 'one command line'],
    [
      'a number as permissions',
      'write_files:\n  - path: /a\n    permissions: 0644\n',
      4,
      'write_files[0].permissions',
      'quotes',
    ],
    ['a relative path', 'write_files:\n  - path: a\n', 3, 'write_files[0].path', 'absolute'],
    ['a field inside a user', 'users:\n  - name: a\n    lock_passwd: 1\n', 4, 'users[0].lock_passwd', 'true or false'],
    ['a user without a name', 'users:\n  - shell: /bin/sh\n', 3, 'users[0].name', 'must be text'],
    ['a number as host name', 'hostname: 12\n', 2, 'hostname', 'must be text'],
  ])('refuses %s, naming line and field [R-39]', (_, body, line, field, words) => {
    const error = rejects(body);
    expect(error.message).toContain(words);
    expect(error.details).toMatchObject({ line, field });
    expect(error.message).toContain(`mine.yaml:${line}: ${field}:`);
  });

  it('reports all findings at once, in the order of the file', () => {
    expect(rejects('pakages: []\nruncmd: 1\nhostnam: x\n').message.split('\n')).toHaveLength(3);
  });

  it('accepts what people write', () => {
    check(`users:
  - default
  - name: ci
    groups: [docker, wheel]
    sudo: ["ALL=(ALL) NOPASSWD:ALL"]
packages: [jq, [curl, 7.88.1], {snap: [lxd]}]
runcmd: [touch /a, [sh, -c, "echo $HOME"]]
write_files: [{path: /etc/a, content: !!binary aGk=, permissions: '0644'}]
groups: [docker, {admins: [ci]}]
mounts: [[/dev/vdb, /data]]
manage_etc_hosts: localhost
`);
  });

  it('names a file that is not there', async () => {
    await expect(readCloudConfig('/nonexistent/mine.yaml')).rejects.toMatchObject({
      code: 'config.cloud-init-invalid',
      message: expect.stringContaining('no such file'),
    });
  });
});

const ours = {
  hostname: 'vm',
  users: [{ name: 'me', groups: ['sudo'], shell: '/bin/bash', ssh_authorized_keys: ['k1'] }],
  ssh_keys: { ed25519_private: 'P\n', ed25519_public: 'p' },
  ssh_deletekeys: true,
  ssh_genkeytypes: ['ed25519'],
  growpart: { mode: 'auto', devices: ['/'] },
};
const merge = (body: string) => mergeCloudConfig(ours, check(body), 'me');

describe("merging a user's cloud-config", () => {
  it('appends lists, merges mappings, lets their scalars win', () => {
    expect(merge('hostname: theirs\nusers: [default, {name: ci}]\ngrowpart: {mode: "off"}\npackages: [jq]\n')).toEqual({
      ...ours,
      hostname: 'theirs',
      users: [...ours.users, 'default', { name: 'ci' }],
      growpart: { mode: 'off', devices: ['/'] },
      packages: ['jq'],
    });
  });

  it('merges an entry for our own user: keys and groups appended, the rest theirs', () => {
    const { users } = merge(
      'users:\n  - {name: me, groups: "docker, sudo", shell: /bin/sh, ssh_authorized_keys: [k2, k1]}\n',
    );
    expect(users).toEqual([
      { name: 'me', groups: ['sudo', 'docker'], shell: '/bin/sh', ssh_authorized_keys: ['k1', 'k2'] },
    ]);
  });

  it.each([
    ['ssh_keys:\n  ed25519_private: other\n', 3, 'ssh_keys.ed25519_private'],
    ['ssh_deletekeys: false\n', 2, 'ssh_deletekeys'],
    ['ssh_genkeytypes: [rsa]\n', 2, 'ssh_genkeytypes'],
    ['cloud_init_modules: [ssh]\n', 2, 'cloud_init_modules'],
    ['users:\n  - name: me\n    no_create_home: true\n', 4, 'users[0].no_create_home'],
  ])('refuses what would lock us out, naming the field: %j', (body, line, field) => {
    expect(failure(() => merge(body)).details).toMatchObject({ file: 'mine.yaml', line, field });
  });

  it('takes the same value and other key types without complaint', () => {
    expect(merge('ssh_deletekeys: true\nssh_keys: {ed25519_private: P, rsa_private: R}\n')['ssh_keys']).toMatchObject({
      ed25519_public: 'p',
      rsa_private: 'R',
    });
  });
});

describe('writing YAML', () => {
  const values = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 4 },
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: 'binary' }),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      tie('list'),
      tie('map'),
    ),
    list: fc.array(tie('any'), { maxLength: 4 }),
    map: fc.dictionary(
      fc.string({ minLength: 1 }).filter((key) => key !== '__proto__' && key !== '<<'),
      tie('any'),
      { maxKeys: 4 },
    ),
  }));

  it('is read back equal as YAML 1.1 and 1.2, whatever is in it', () => {
    fc.assert(
      fc.property(values.map, (value) => {
        const text = toYaml(value);
        for (const version of ['1.1', '1.2'] as const)
          expect(parse(text, { version })).toEqual({ ...(value as object) });
      }),
      { numRuns: 500 },
    );
  });

  it('keeps words that YAML 1.1 takes for something else', () => {
    const tricky = {
      yes: 'no',
      a: '0644',
      b: '12:30',
      c: '2030-01-01',
      d: '~',
      e: '1_000',
      f: 'a: b # c',
      e0: '',
      y: 1,
    };
    expect(parseCloudConfig(toYaml(tricky), 'x').value).toEqual(tricky);
  });

  it('keeps bytes', () => {
    const read = parseCloudConfig(toYaml({ a: new Uint8Array([0, 255, 10]) }), 'x').value['a'];
    expect([...(read as Uint8Array)]).toEqual([0, 255, 10]);
  });
});
