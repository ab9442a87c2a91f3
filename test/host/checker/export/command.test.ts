import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { makeCertificates } from '../../../support/checker-certificates.ts';
import { httpReceiver } from '../../../support/otlp-http-receiver.ts';
import { attributesOf, type DecodedRequest, metricOf } from '../../../support/otlp-points.ts';
import { pythonClient, startPython } from '../../../support/python-line-program.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';

/** The bundle that goes into the executable; `npm run build` has made it. */
const checker = fileURLToPath(new URL('../../../../dist/checker.cjs', import.meta.url));
const protos = fileURLToPath(new URL('../../../fixtures/checker', import.meta.url));
const running = new Set<ChildProcess>();

afterEach(async () => {
  for (const child of running) {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }
  running.clear();
});

async function configFile(config: unknown): Promise<string> {
  const file = join(await temporaryDirectory('sm-checker-'), 'sysmon-vm.json');
  await writeFile(file, typeof config === 'string' ? config : JSON.stringify(config));
  return file;
}

const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [checker, ...args], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], ...env },
  });
  return { status, stdout, stderr };
};

/** Until it says on which port it listens. */
async function start(config: unknown) {
  const child = spawn(process.execPath, [checker, '--config', await configFile(config)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  running.add(child);
  const lines: string[] = [];
  const said = createInterface({ input: child.stderr });
  const portOf = (what: string) =>
    new Promise<number>((resolve) => {
      const look = (line: string) => {
        const [, port] = new RegExp(`^${what}: listens on \\S+:(\\d+)`).exec(line) ?? [];
        if (port !== undefined) resolve(Number(port));
      };
      lines.forEach(look);
      said.on('line', look);
    });
  said.on('line', (line) => lines.push(line));
  return { child, lines, portOf };
}

describe('the program of the checker', () => {
  it('--check-config says that a file is right, or every place where it is wrong [R-71]', async () => {
    const right = await configFile({});
    expect(run(['--check-config', '--config', right])).toEqual({ status: 0, stdout: `${right}: right\n`, stderr: '' });
    const wrong = await configFile({ sample_interval: '1h', security: { mode: 'spiffe' }, colour: 'red' });
    const { status, stderr } = run(['--check-config', '--config', wrong]);
    expect(status).toBe(3);
    expect(stderr).toContain(`${wrong}: sample_interval: "1h" is not a duration from 50ms to 5s\n`);
    expect(stderr).toContain(`${wrong}: colour: is not a key that is known\n`);
    expect(run(['--check-config', '--config', await configFile({ security: { mode: 'spiffe' } })]).stderr).toContain(
      'security.mode: "spiffe" is not supported',
    );
  });

  it('--check-config reads the files of TLS, and the environment with the file', async () => {
    const { folder, at } = await makeCertificates();
    const file = await configFile({ listen_addr: '0.0.0.0:50110', security: { mode: 'mtls', cert_dir: folder } });
    expect(run(['--check-config', '--config', file]).status).toBe(0);
    chmodSync(at('server-key.pem'), 0o644);
    expect(run(['--check-config', '--config', file])).toMatchObject({
      status: 3,
      stderr: expect.stringContaining('mode 0644'),
    });
    const plain = await configFile({});
    const env = { SYSMON_VM_LISTEN_ADDR: '0.0.0.0:1' };
    expect(run(['--check-config', '--config', plain], env).stderr).toContain('listen_addr: 0.0.0.0 can be reached');
  });

  it('a file that is not there, is no JSON or is no object is refused', async () => {
    expect(run(['--config', '/nowhere.json'])).toEqual({
      status: 3,
      stdout: '',
      stderr: '/nowhere.json: the file: cannot be read: ENOENT\n',
    });
    expect(run(['--config', await configFile('{')]).stderr).toMatch(/: the file: is not JSON: /);
    expect(run(['--config', await configFile('[]')]).stderr).toMatch(/: the file: /);
  });

  it('--version, --help, and a flag that is none', () => {
    expect(run(['--version'])).toMatchObject({ status: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
    expect(run(['--help'])).toMatchObject({ status: 0, stdout: expect.stringContaining('--check-config') });
    expect(run(['--poller-endpoint', 'x'])).toMatchObject({ status: 2, stderr: expect.stringContaining('Usage: ') });
  });

  it('--sample prints one complete sample of this machine [R-01, R-67]', async () => {
    const { status, stdout } = run(['--sample', '--config', await configFile({ sample_interval: '100ms' })]);
    expect(status).toBe(0);
    const { available, status: sample } = JSON.parse(stdout);
    expect(available).toBe(true);
    expect(sample.cpus.length).toBeGreaterThan(0);
    for (const cpu of sample.cpus) {
      expect(cpu.usage_percent).toBeGreaterThanOrEqual(0);
      expect(cpu.frequency_hz).not.toBe(0);
    }
    expect(sample.memory.total_bytes).toBeGreaterThan(sample.memory.used_bytes);
  });

  it('serves gRPC, OTLP and Prometheus from the same samples, and ends on SIGTERM [R-08, R-118, R-126]', async () => {
    const receiver = await httpReceiver();
    const { child, lines, portOf } = await start({
      listen_addr: '127.0.0.1:0',
      sample_interval: '50ms',
      agent_id: 'a',
      vm: { id: 'vm-1', name: 'demo' },
      resource: { 'deployment.environment.name': 'ci' },
      prometheus: { listen_addr: '127.0.0.1:0' },
      otlp: { endpoint: `http://127.0.0.1:${receiver.port}`, protocol: 'http/protobuf', interval: '200ms' },
    });
    const call = await pythonClient(await portOf('grpc'));
    while ((await call('Check')).status !== 'SERVING');
    const first = await call('GetResults');
    const second = await call('GetResults', { last_sequence: first.current_sequence });
    const times = [first, second].flatMap(({ data }) =>
      data.sysmonvm.samples.map(({ timestamp }: { readonly timestamp: string }) => timestamp),
    );
    expect(new Set(times).size).toBe(times.length);
    expect(times).toEqual([...times].sort());
    const page = await (await fetch(`http://127.0.0.1:${await portOf('prometheus')}/metrics`)).text();
    expect(page).toContain('sysmonvm_export_dropped_total{sysmonvm_exporter="otlp"');
    child.kill('SIGTERM');
    const [code] = await once(child, 'exit');
    expect(code).toBe(0);
    expect(lines.at(-1)).toBe('stopped');
    const last = receiver.requests.at(-1);
    expect(last && metricOf(last, 'sysmonvm.cpu.busy')?.gauge?.dataPoints.length).toBeGreaterThan(0);
    expect(attributesOf(last?.resourceMetrics[0]?.resource.attributes)).toMatchObject({
      'deployment.environment.name': 'ci',
      'sysmonvm.vm.id': 'vm-1',
    });
  });

  it('pushes over gRPC as well [R-08]', async () => {
    const receiver = await startPython('otlp-receiver.py', ['0', protos]);
    const endpoint = `http://127.0.0.1:${await receiver.next()}`;
    const { portOf } = await start({ listen_addr: '127.0.0.1:0', otlp: { endpoint, interval: '100ms' } });
    await portOf('grpc');
    const request: DecodedRequest = JSON.parse(await receiver.next());
    expect(metricOf(request, 'system.memory.usage')?.unit).toBe('By');
  });

  it('a port that is taken ends it with its name, and nothing is left listening', async () => {
    const { portOf } = await start({ listen_addr: '127.0.0.1:0' });
    const taken = `127.0.0.1:${await portOf('grpc')}`;
    const other = await configFile({ listen_addr: '127.0.0.1:0', prometheus: { listen_addr: taken } });
    expect(run(['--config', other])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining(`serviceradar-sysmon-vm: prometheus.listen_addr ${taken}: listen EADDRINUSE`),
    });
  });

  it('ends when its machine has become another one, as a fork does, and says so', async () => {
    const file = join(await temporaryDirectory('sm-machine-'), 'machine-id');
    const [first, second] = ['1'.repeat(32), '2'.repeat(32)];
    await writeFile(file, `${first}\n`);
    const config = await configFile({ listen_addr: '127.0.0.1:0', slow_interval: '1s' });
    // Root may mount; anybody else may in a namespace of his own.
    const mine = process.getuid?.() === 0 ? [] : ['--map-root-user'];
    const script = 'mount --bind "$1" /etc/machine-id; shift; exec "$@"';
    const command = [process.execPath, checker, '--config', config];
    const child = spawn('unshare', [...mine, '--mount', 'sh', '-euc', script, 'sh', file, ...command], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    running.add(child);
    let words = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      words += text;
      if (text.includes('listens on')) void writeFile(file, `${second}\n`);
    });
    const [code] = await once(child, 'exit');
    expect([code, words]).toEqual([0, expect.stringContaining(`this machine was ${first} and is ${second} now`)]);
  });
});
