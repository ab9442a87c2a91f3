import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Outcome, outcomeOf, type Workbench } from '../../support/workbench.ts';

const program = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));

/**
 * A host of its own for one test: a network namespace with a bridge and a DHCP server, and a mount namespace in which
 * /etc is an overlay, so that /etc/qemu/bridge.conf of the real host is never touched. Both end with their processes,
 * whatever becomes of the test.
 */
export class BridgedHost {
  readonly gateway = '192.0.2.1';
  private readonly holder: ChildProcess;
  private readonly bench: Workbench;
  /** Beside the bench's, so that nothing in it counts as left by the product. */
  private readonly directory: string;
  private dhcp: ChildProcess | undefined;

  private constructor(bench: Workbench, directory: string, holder: ChildProcess) {
    this.bench = bench;
    this.directory = directory;
    this.holder = holder;
  }

  static async make(bench: Workbench): Promise<BridgedHost> {
    const directory = await mkdtemp(join(tmpdir(), 'bridged-host-'));
    // `cat` ends when this process does, however that happens. The line says that the namespaces are complete.
    const script = `set -e
      mkdir "$0/overlay"; mount -t tmpfs tmpfs "$0/overlay"; mkdir "$0/overlay/upper" "$0/overlay/work"
      mount -t overlay overlay -o "lowerdir=/etc,upperdir=$0/overlay/upper,workdir=$0/overlay/work" /etc
      mount -t sysfs sysfs /sys
      mkdir -p /etc/qemu; rm -f /etc/qemu/bridge.conf
      ip link set lo up
      echo complete; exec cat >/dev/null`;
    const holder = spawn('unshare', ['--net', '--mount', 'sh', '-c', script, directory], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let said = '';
    await new Promise<void>((resolve, reject) => {
      holder.stderr?.on('data', (text) => {
        said += String(text);
      });
      holder.stdout?.once('data', () => resolve());
      holder.once('exit', (code) => reject(new Error(`the namespaces could not be made (${code}): ${said}`)));
    });
    return new BridgedHost(bench, directory, holder);
  }

  private enter(command: readonly string[]): ChildProcess {
    return spawn('nsenter', ['--target', String(this.holder.pid), '--net', '--mount', '--wd=/', '--', ...command], {
      env: this.bench.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  async run(...command: readonly string[]): Promise<Outcome> {
    return outcomeOf(this.enter(command));
  }

  async ok(...command: readonly string[]): Promise<string> {
    const outcome = await this.run(...command);
    if (outcome.code !== 0)
      throw new Error(`${command.join(' ')} ended with ${outcome.code}:\n${outcome.stderr}\n${outcome.stdout}`);
    return outcome.stdout;
  }

  sysmonvm(...args: readonly string[]): Promise<Outcome> {
    return this.run(process.execPath, program, ...args);
  }

  async sysmonvmOk(...args: readonly string[]): Promise<string> {
    return this.ok(process.execPath, program, ...args);
  }

  async addBridge(name: string): Promise<void> {
    await this.ok('ip', 'link', 'add', name, 'type', 'bridge');
    await this.ok('ip', 'address', 'add', `${this.gateway}/24`, 'dev', name);
    await this.ok('ip', 'link', 'set', name, 'up');
  }

  allow(bridge: string): Promise<string> {
    return this.ok('sh', '-c', `echo "allow ${bridge}" >/etc/qemu/bridge.conf`);
  }

  forbid(): Promise<string> {
    return this.ok('rm', '-f', '/etc/qemu/bridge.conf');
  }

  async serveAddresses(bridge: string): Promise<void> {
    const config = join(this.directory, 'udhcpd.conf');
    const leases = join(this.directory, 'udhcpd.leases');
    await writeFile(leases, '');
    await writeFile(
      config,
      [
        'start 192.0.2.100',
        'end 192.0.2.150',
        `interface ${bridge}`,
        `lease_file ${leases}`,
        `pidfile ${join(this.directory, 'udhcpd.pid')}`,
        'option subnet 255.255.255.0',
        `option router ${this.gateway}`,
        `option dns ${this.gateway}`,
        'option lease 600',
        '',
      ].join('\n'),
    );
    this.dhcp = this.enter(['busybox', 'udhcpd', '-f', config]);
  }

  async dispose(): Promise<void> {
    for (const child of [this.dhcp, this.holder]) {
      if (!child || child.exitCode !== null || child.signalCode !== null) continue;
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await gone;
    }
    await rm(this.directory, { recursive: true, force: true });
  }
}
