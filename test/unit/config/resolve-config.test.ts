import { describe, expect, it } from 'vitest';
import type { ConfigFinding } from '../../../src/core/config/findings.ts';
import { type ConfigSources, resolveConfig } from '../../../src/core/config/resolve-config.ts';
import { SysmonvmError } from '../../../src/core/errors/sysmonvm-error.ts';
import { parseConfigText } from '../../../src/host/store/config-file.ts';

const nothing: ConfigSources = { env: {}, flags: {} };
const fromText = (text: string, more: Partial<ConfigSources> = {}) =>
  resolveConfig({ ...nothing, file: parseConfigText(text, '/w/config.yaml'), ...more });

function failure(run: () => unknown): { error: SysmonvmError; findings: readonly ConfigFinding[] } {
  try {
    run();
  } catch (error) {
    if (error instanceof SysmonvmError) return { error, findings: error.details['findings'] as ConfigFinding[] };
    throw error;
  }
  throw new Error('did not fail');
}

const requirementsFile = `vm_name: serviceradar-alma9
image:
  url: https://images.example/AlmaLinux-9-GenericCloud-latest.aarch64.qcow2
  checksum: "sha256:${'AB'.repeat(32)}"
  local_filename: AlmaLinux-9.qcow2
hardware:
  cpu_count: 4
  memory_mb: 6144
  disk_size_gb: 40
  accelerator: hvf
networking:
  mode: user
  ssh_port: 2222
  forwarded_ports:
    - host: 50110
      guest: 50110
cloud_init:
  hostname: srv-sysmonvm
  user: alma
  ssh_authorized_key_path: ~/.ssh/id_ed25519.pub
  enable_passwordless_sudo: true
notes:
  - one
  - two
`;

describe('resolveConfig', () => {
  it('has the documented defaults [R-30] [R-33] [R-34] [R-36]', () => {
    const config = resolveConfig(nothing);
    expect(Object.fromEntries(Object.entries(config).map(([key, { value }]) => [key, value]))).toMatchObject({
      name: 'sysmonvm',
      image: 'almalinux-9',
      cpus: 4,
      memoryMib: 6144,
      diskGib: 40,
      accelerator: 'auto',
      network: 'user',
      sshPort: 2222,
      user: 'sysmon',
      sudo: true,
      ports: [],
    });
    expect(config.cpus.origin).toEqual({ from: 'default', note: "4, lowered to the host's cores" });
  });

  it('accepts the format of the requirements as it is [R-20] [R-29]', () => {
    const config = fromText(requirementsFile);
    expect(config.name.value).toBe('serviceradar-alma9');
    expect(config.imageUrl?.value).toContain('AlmaLinux-9-GenericCloud-latest');
    expect(config.imageChecksum?.value).toBe(`sha256:${'ab'.repeat(32)}`);
    expect(config.memoryMib).toEqual({
      value: 6144,
      origin: { from: 'file', path: '/w/config.yaml', line: 8, field: 'hardware.memory_mb' },
    });
    expect(config.ports.value).toEqual([{ host: 50110, guest: 50110 }]);
    expect(config.sshKey.value).toBe('~/.ssh/id_ed25519.pub');
    expect(config.user.value).toBe('alma');
    expect(config.notes.value).toEqual(['one', 'two']);
  });

  it('accepts the same as JSON [R-20]', () => {
    expect(fromText('{"vm_name": "a", "hardware": {"memory_mb": "8G"}}').memoryMib.value).toBe(8192);
  });

  it('lets a flag win over a variable, a variable over the file, the file over the default', () => {
    const file = 'hardware: {cpu_count: 2, memory_mb: 1G, disk_size_gb: 10}';
    const config = fromText(file, {
      env: { SYSMONVM_MEMORY: '2G', SYSMONVM_DISK: '20', SYSMONVM_USER: '' },
      flags: { disk: '30G' },
    });
    expect([
      config.cpus.origin.from,
      config.memoryMib.origin.from,
      config.diskGib.origin.from,
      config.user.origin.from,
    ]).toEqual(['file', 'env', 'flag', 'default']);
    expect([config.cpus.value, config.memoryMib.value, config.diskGib.value]).toEqual([2, 2048, 30]);
    expect(config.diskGib.origin).toEqual({ from: 'flag', name: '--disk' });
  });

  it('takes the positional name over vm_name', () => {
    expect(fromText('vm_name: a', { name: 'b' }).name).toEqual({ value: 'b', origin: { from: 'flag', name: 'NAME' } });
  });

  it('puts the image of the file aside when another one is asked for by id', () => {
    const config = fromText(requirementsFile, { flags: { image: 'debian-12' } });
    expect([config.image.value, config.imageUrl?.value, config.imageChecksum?.value]).toEqual([
      'debian-12',
      undefined,
      undefined,
    ]);
  });

  it('reads flags as commander gives them', () => {
    const config = resolveConfig({
      env: {},
      flags: { sshPort: '2300', port: ['8080:80', '9000', '0:5432'], sudo: false, ttl: '2h', json: true },
    });
    expect(config.sshPort.value).toBe(2300);
    expect(config.ports.value).toEqual([
      { host: 8080, guest: 80 },
      { host: 9000, guest: 9000 },
      { host: 0, guest: 5432 },
    ]);
    expect(config.sudo).toEqual({ value: false, origin: { from: 'flag', name: '--no-sudo' } });
    expect(config.ttlMs.value).toBe(7_200_000);
  });

  it('takes a section without content, and a key without value, as absent', () => {
    expect(fromText('hardware:\n  # cpu_count: 3\nnetworking:\n  mode:\n').network.origin.from).toBe('default');
    expect(fromText('').cpus.value).toBe(4);
  });

  it('tells every error of the file at once with line, column and field', () => {
    const { error, findings } = failure(() =>
      fromText(
        'vm_name: "a b"\nhardware:\n  cpu_cuont: 2\n  memory_mb: lots\nnetworking:\n  forwarded_ports:\n    - 1:2\n    - {host: 1, gest: 2}\nextra: 1\n',
      ),
    );
    expect(error.code).toBe('config.invalid');
    expect(findings.map(({ field, line, column }) => [field, line, column])).toEqual([
      ['hardware.cpu_cuont', 3, 3],
      ['extra', 9, 1],
      ['vm_name', 1, 1],
      ['hardware.memory_mb', 4, 3],
      ['networking.forwarded_ports.1.guest', 8, 7],
    ]);
    expect(error.message).toContain('/w/config.yaml:3:3: hardware.cpu_cuont: unknown key. Did you mean cpu_count?');
    expect(findings.every(({ file }) => file === '/w/config.yaml')).toBe(true);
  });

  it('says where a misplaced key belongs', () => {
    expect(failure(() => fromText('ssh_port: 22')).error.message).toContain('Did you mean networking.ssh_port?');
  });

  it.each([
    ['--cpus', { cpus: '0' }],
    ['--cpus', { cpus: '256' }],
    ['--cpus', { cpus: '1.5' }],
    ['--memory', { memory: '6' }],
    ['--disk', { disk: '512M' }],
    ['--ssh-port', { sshPort: '70000' }],
    ['--port', { port: ['1:2:3'] }],
    ['--port', { port: ['1:2', '1:3'] }],
    ['--network', { network: 'nat' }],
    ['--arch', { arch: 'arm64' }],
    ['--ttl', { ttl: 'soon' }],
    ['--user', { user: 'root' }],
    ['--hostname', { hostname: '-x' }],
    ['--cpu-model', { cpuModel: 'max -S' }],
    ['--require-accel', { requireAccel: true, accel: 'tcg' }],
  ])('a wrong flag is a usage error that names it: %s %j', (flag, flags) => {
    const { error } = failure(() => resolveConfig({ env: {}, flags }));
    expect(error.code).toBe('usage.invalid-argument');
    expect(error.message).toContain(flag);
  });

  it('explains a number whose unit was mistaken', () => {
    expect(failure(() => resolveConfig({ env: {}, flags: { memory: '6' } })).error.message).toContain(
      'means MiB; did you mean 6G?',
    );
    expect(failure(() => resolveConfig({ env: {}, flags: { disk: '409600' } })).error.message).toContain(
      'means GiB; did you mean 409600M?',
    );
  });

  it('names the variable of a wrong value', () => {
    const { error } = failure(() => resolveConfig({ env: { SYSMONVM_CPUS: 'many' }, flags: {} }));
    expect([error.code, error.message]).toEqual([
      'config.invalid',
      'SYSMONVM_CPUS: "many" is not a number of CPUs from 1 to 255',
    ]);
  });

  it.each([
    ['image: {url: "https://images.example/a.qcow2"}', 'image.url: needs image.checksum'],
    ['image: {url: "https://images.example/a.qcow2", checksum: REPLACE_ME}', 'image.checksum: "REPLACE_ME" is not'],
    [`image: {url: "http://images.example/a.qcow2", checksum: "sha256:${'0'.repeat(64)}"}`, 'is not an https URL'],
    ['image: {id: a, local_filename: ../a}', 'is not a file name without a folder'],
  ])('never takes an image whose digest is not known: %s [R-25]', (text, message) => {
    expect(failure(() => fromText(text)).error.message).toContain(message);
  });

  it.each(['[]', 'text', '- a'])('a file that is not keys and values is refused: %s', (text) => {
    expect(failure(() => fromText(text)).error.message).toContain('must hold keys and values');
  });
});
