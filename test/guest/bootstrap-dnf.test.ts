import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rpmRepository } from '../support/rpm-repository.ts';
import { Workbench } from '../support/workbench.ts';

/**
 * The real dnf, in a Debian guest that is treated as one of the family el. No image of that family can be obtained
 * where these tests run.
 */
const size = ['--image', 'debian-12', '--cpus', '2', '--memory', '1500M', '--disk', '10G'];
const tools = ['git', 'curl', 'jq', 'tmux', 'make'].map((name) => ({ name, command: name }));
const others = [
  { name: 'vim-enhanced', command: 'vim' },
  { name: 'kernel-tools', command: 'cpupower' },
  { name: 'perf', command: 'perf' },
];

/** Where dnf and rpm of Debian look: `$1` is the port of the repository. */
const prepare = `
set -eu
export DEBIAN_FRONTEND=noninteractive
apt-get -q update
apt-get -q -y install --no-install-recommends dnf rpm
mkdir -p /etc/rpm /etc/dnf/vars /etc/yum.repos.d
echo '%_dbpath /var/lib/rpm' >/etc/rpm/macros
echo 9 >/etc/dnf/vars/releasever
printf '[test]\\nname=test\\nbaseurl=http://10.0.2.2:%s\\ngpgcheck=0\\nmetadata_expire=0\\n' "$1" >/etc/yum.repos.d/test.repo
`;

interface Report {
  readonly bootstrap: {
    readonly guest: { readonly family: string };
    readonly steps: readonly { readonly name: string; readonly outcome: string }[];
  };
}

let bench: Workbench;
let repository: Awaited<ReturnType<typeof rpmRepository>>;
const inGuest = async (...command: readonly string[]) =>
  (await bench.ok(['exec', 'deb', '--', 'sudo', ...command])).stdout.trim();
async function bootstrap(...steps: readonly string[]) {
  const only = steps.flatMap((step) => ['--only', step]);
  const { bootstrap: report } = await bench.json<Report>(['vm-bootstrap', 'deb', '--family', 'el', ...only]);
  expect(report.guest.family).toBe('el');
  return report.steps.map(({ name, outcome }) => `${name} ${outcome}`);
}

beforeAll(async () => {
  bench = await Workbench.make();
  repository = await rpmRepository(`${bench.root}/rpm`);
  await repository.add('1.0', [...tools, ...others]);
  await bench.ok(['fetch-image', '--image', 'debian-12']);
  await bench.ok(['up', 'deb', ...size]);
  await inGuest('sh', '-c', prepare, 'sh', String(repository.port));
}, 1_800_000);
afterAll(async () => {
  await bench.dispose();
  await repository.close();
});

describe('vm-bootstrap --family el with the real dnf', () => {
  it('installs what is missing, under the names of that family [R-48] [R-49] [R-51]', async () => {
    expect(await bootstrap('tools', 'perf-tools')).toEqual(['tools done', 'perf-tools done']);
    const names = [...tools, ...others].map(({ name }) => name);
    expect((await inGuest('rpm', '-q', '--qf', '%{NAME} %{VERSION}\\n', ...names)).split('\n')).toEqual(
      names.map((name) => `${name} 1.0`),
    );
    expect(await inGuest('vim')).toBe('vim 1.0');
  });

  it('a second run changes nothing', async () => {
    expect(await bootstrap('upgrade', 'tools', 'perf-tools')).toEqual([
      'upgrade unchanged',
      'tools unchanged',
      'perf-tools unchanged',
    ]);
  });

  it('upgrades what the repository has newer, once [R-48]', async () => {
    await repository.add('2.0', tools);
    expect(await bootstrap('upgrade')).toEqual(['upgrade done']);
    expect(await inGuest('jq')).toBe('jq 2.0');
    expect(await bootstrap('upgrade')).toEqual(['upgrade unchanged']);
  });

  it('--proxy: dnf asks the proxy of the host, under the address that the guest sees', async () => {
    const env = { https_proxy: `http://127.0.0.1:${repository.port}` };
    await bench.ok(['vm-bootstrap', 'deb', '--family', 'el', '--only', 'proxy', '--proxy'], { env });
    expect(repository.proxied()).toBe(0);
    await inGuest('dnf', '-q', 'makecache');
    expect(repository.proxied()).toBeGreaterThan(0);
    const seen = await bench.ok(['exec', 'deb', '--', 'printenv', 'https_proxy']);
    expect(seen.stdout).toBe(`http://10.0.2.2:${repository.port}\n`);
  });

  it('what no repository has is a failure that shows the words of dnf', async () => {
    const failed = await bench.run(['vm-bootstrap', 'deb', '--family', 'el', '--only', 'containers']);
    expect([failed.code, failed.stderr]).toEqual([6, expect.stringContaining('bootstrap.step-failed')]);
    expect(failed.stderr).toContain('podman');
  });
});
