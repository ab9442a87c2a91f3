import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Workbench } from '../support/workbench.ts';

/** One boot of a real distribution; packages come from its real mirror, through user networking. */
const size = ['--image', 'debian-12', '--cpus', '2', '--memory', '1G', '--disk', '10G'];

interface Report {
  readonly bootstrap: {
    readonly guest?: { readonly family: string };
    readonly steps: readonly { readonly name: string; readonly outcome?: string; readonly detail?: string }[];
  };
}

let bench: Workbench;
const inGuest = async (...command: readonly string[]) =>
  (await bench.ok(['exec', 'deb', '--', 'sudo', ...command])).stdout.trim();
const outcomes = ({ bootstrap }: Report) =>
  Object.fromEntries(bootstrap.steps.map(({ name, outcome }) => [name, outcome]));
const bootstrap = async (...flags: readonly string[]) => bench.json<Report>(['vm-bootstrap', 'deb', ...flags]);

beforeAll(async () => {
  bench = await Workbench.make();
  await bench.ok(['fetch-image', '--image', 'debian-12']);
  await bench.ok(['up', 'deb', ...size]);
}, 900_000);
afterAll(() => bench.dispose());

describe('vm-bootstrap of a Debian guest', () => {
  it('--list asks no guest and says that nothing was done', async () => {
    const { bootstrap: listed } = await bootstrap('--list');
    expect(listed.guest).toBeUndefined();
    expect(listed.steps.map(({ outcome }) => outcome)).toEqual(listed.steps.map(() => undefined));
  });

  it('a step that fails in the middle is told with its last lines; what came before is recorded [R-47]', async () => {
    await inGuest('chattr', '+i', '/etc/sysctl.d');
    const failed = await bench.run(['vm-bootstrap', 'deb', '--profile', 'minimal']);
    expect(failed.code, failed.stderr).toBe(6);
    expect(failed.stderr).toContain('error[bootstrap.step-failed] step perf-access');
    expect(failed.stderr).toContain('/etc/sysctl.d/99-sysmonvm-perf.conf.sysmonvm-new: Operation not permitted');
    expect(failed.stderr).toContain('sysmonvm vm-bootstrap deb --only perf-access');
    expect(outcomes(await bootstrap('--list'))).toMatchObject({
      clock: 'unchanged',
      governor: 'not-applicable',
      'perf-access': 'failed',
      ssh: undefined,
    });
  });

  it('the same command goes on; what this guest cannot have is not called done [R-50] [R-52] [R-53] [R-54] [R-56]', async () => {
    await inGuest('chattr', '-i', '/etc/sysctl.d');
    const report = await bootstrap('--profile', 'minimal');
    expect(report.bootstrap.guest?.family).toBe('debian');
    expect(outcomes(report)).toEqual({
      clock: 'unchanged',
      cpufreq: 'not-applicable',
      governor: 'not-applicable',
      'perf-access': 'done',
      ssh: 'done',
      otlp: 'not-applicable',
    });
    expect(await inGuest('cat', '/proc/sys/kernel/perf_event_paranoid')).toBe('1');
    const sshd = await inGuest('sshd', '-T');
    expect(sshd).toContain('permitrootlogin no');
    expect(sshd).toContain('passwordauthentication no');
  });

  it('packages come from the real mirror by apt; the service is enabled and runs [R-51] [R-55]', async () => {
    await inGuest('apt-get', '-q', '-y', 'purge', 'chrony');
    const report = await bootstrap('--only', 'clock', '--only', 'perf-tools');
    expect(outcomes(report)).toEqual({ clock: 'done', 'perf-tools': 'done' });
    expect(await inGuest('systemctl', 'is-enabled', 'chrony')).toBe('enabled');
    expect(await inGuest('systemctl', 'is-active', 'chrony')).toBe('active');
    expect(await inGuest('perf', '--version')).toMatch(/^perf version \d/);
    expect(await inGuest('cpupower', '--version')).toMatch(/^cpupower \d/);
  });

  it('a second run changes nothing', async () => {
    const before = await inGuest('sh', '-c', 'find /etc -type f | sort | xargs stat -c "%n %Y"; dpkg -l | sha256sum');
    expect(
      outcomes(await bootstrap('--profile', 'minimal', '--only', 'perf-tools', '--only', 'clock', '--only', 'ssh')),
    ).toEqual({
      'perf-tools': 'unchanged',
      clock: 'unchanged',
      ssh: 'unchanged',
    });
    expect(await inGuest('sh', '-c', 'find /etc -type f | sort | xargs stat -c "%n %Y"; dpkg -l | sha256sum')).toBe(
      before,
    );
  });

  it('the proxy of the host is carried in, and the file that brought it is gone', async () => {
    const env = { https_proxy: 'http://user:secret@127.0.0.1:3128' };
    const carried = await bench.json<Report>(['vm-bootstrap', 'deb', '--only', 'proxy', '--proxy'], { env });
    expect(outcomes(carried)).toEqual({ proxy: 'done' });
    expect(JSON.stringify(carried)).not.toContain('secret');
    const seen = await bench.ok(['exec', 'deb', '--', 'printenv', 'https_proxy']);
    expect(seen.stdout).toBe('http://user:secret@10.0.2.2:3128\n');
    expect(await inGuest('find', '/tmp', '-name', '.sysmonvm-*')).toBe('');
    expect(await inGuest('sh', '-c', 'journalctl | grep -c "user:s[e]cret" || true')).toBe('0');
  });

  it('every end of a step is an event of the VM', async () => {
    const { stdout } = await bench.ok(['vm-logs', 'deb', '--source', 'events']);
    expect(stdout).toMatch(/bootstrap_step.*perf-access.*failed/);
    expect(stdout).toMatch(/bootstrap_step.*perf-tools.*done/);
  });
});

describe('vm-bootstrap of a guest of no family that it knows', () => {
  it('is refused with the name of the system [R-47]', async () => {
    await bench.ok(['vm-destroy', 'deb', '--yes']);
    await bench.ok(['up', 'small', '--image', 'tiny', '--cpus', '1', '--memory', '256M', '--disk', '2G']);
    const refused = await bench.run(['vm-bootstrap', 'small']);
    expect([refused.code, refused.stderr]).toEqual([6, expect.stringContaining('bootstrap.unknown-family')]);
    expect(refused.stderr).toContain('sysmonvm tiny (busybox), of the family debian, but has no apt-get');
    await bench.ok(['vm-destroy', 'small', '--yes']);
    expect(await bench.leftovers()).toEqual([]);
  });
});
