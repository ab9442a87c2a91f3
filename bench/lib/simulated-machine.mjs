import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const processes = 200;
const containers = 20;

/**
 * /proc and /sys of a machine with so many CPUs, a frequency for each, 200 processes and 20 containers, as plain files.
 * What does not depend on the number of CPUs is copied from this machine.
 * @param {string} root @param {number} cpus
 */
export function simulateMachine(root, cpus) {
  const write = (/** @type {string} */ path, /** @type {string} */ text) => {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  };
  const copied = ['meminfo', 'vmstat', 'loadavg', 'uptime', 'diskstats', 'net/dev', 'net/tcp', 'net/tcp6'];
  for (const name of [...copied, 'pressure/cpu', 'pressure/memory', 'pressure/io']) copyText(root, `proc/${name}`);
  write(
    'proc/self/mountinfo',
    '26 1 8:1 / / rw - ext4 /dev/sda1 rw\n30 26 0:26 / /sys/fs/cgroup rw - cgroup2 none rw\n',
  );
  write('sys/block/vda/size', '1\n');
  const block = (/** @type {number} */ cpu) =>
    `processor\t: ${cpu}\nmodel name\t: Simulated\ncpu MHz\t\t: 2400.${cpu}\nflags\t\t: fpu tsc aperfmperf ${'x '.repeat(100)}\n`;
  write('proc/cpuinfo', Array.from({ length: cpus }, (_, cpu) => block(cpu)).join('\n'));
  const at = 'sys/devices/system/cpu';
  write(`${at}/online`, `0-${cpus - 1}\n`);
  for (let cpu = 0; cpu < cpus; cpu++) {
    write(`${at}/cpu${cpu}/cpufreq/scaling_driver`, 'intel_pstate\n');
    write(`${at}/cpu${cpu}/cpufreq/scaling_cur_freq`, `${2_400_000 + cpu}\n`);
  }
  for (let pid = 1000; pid < 1000 + processes; pid++) {
    write(`proc/${pid}/stat`, `${pid} (worker) S 1 ${'0 '.repeat(9)}${pid} 7 0 0 20 0 1 0 50 0 0\n`);
    write(`proc/${pid}/status`, 'Name:\tworker\nVmRSS:\t    2048 kB\n');
  }
  for (let number = 0; number < containers; number++) {
    const directory = `sys/fs/cgroup/system.slice/docker-${String(number).padStart(64, '0')}.scope`;
    write(`${directory}/cpu.stat`, 'usage_usec 900\nuser_usec 500\nsystem_usec 400\nthrottled_usec 10\n');
    write(`${directory}/cpu.max`, '50000 100000\n');
    write(`${directory}/memory.current`, '16777216\n');
  }
  return {
    /** One second passes: each CPU is half busy. @param {number} second */
    pass(second) {
      const line = (/** @type {string} */ name, /** @type {number} */ ticks) =>
        `${name} ${ticks * 50} 0 0 ${ticks * 50} 0 0 0 0 0 0`;
      const lines = Array.from({ length: cpus }, (_, cpu) => line(`cpu${cpu}`, second));
      const interrupts = `intr ${second} ${'0 '.repeat(1000)}`;
      const rest = [interrupts, `ctxt ${second}`, 'btime 1700000000', 'processes 5000'];
      write('proc/stat', `${[line('cpu ', second * cpus), ...lines, ...rest].join('\n')}\n`);
    },
  };
}

/** Nothing where this machine has no such file. @param {string} root @param {string} path */
function copyText(root, path) {
  if (!existsSync(`/${path}`)) return;
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), readFileSync(`/${path}`));
}
