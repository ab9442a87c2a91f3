/**
 * How QEMU is run in a container. It gets the KVM device and nothing else of the host: no capability, no network, no
 * new privileges, a read-only root; the media are bound read-only, the directory of the measurement is the only place
 * it can write to.
 *
 * QEMU is started by the watchdog, whose input is ours: when we end, however, so does the container.
 */
export interface ContainerRun {
  readonly engine: 'docker' | 'podman';
  readonly image: string;
  readonly name: string;
  readonly kvm: boolean;
  /** Files that QEMU reads. */
  readonly readOnly: readonly string[];
  /** Directories that it writes to. */
  readonly writable: readonly string[];
  readonly user: { readonly uid: number; readonly gid: number; readonly kvmGroup?: number };
  readonly pinnedCpus?: readonly number[];
  /** The sh script that ends QEMU with us. */
  readonly watchdog: string;
  readonly qemu: string;
  readonly qemuArgs: readonly string[];
}

/** Bound into the container under the path that it has outside, so that QEMU's argument list is the same. */
const mount = (path: string, how: 'ro' | 'rw'): readonly string[] => [
  '--mount',
  `type=bind,source=${path},target=${path}${how === 'ro' ? ',readonly' : ''}`,
];

export function containerArguments(run: ContainerRun): readonly string[] {
  const { uid, gid, kvmGroup } = run.user;
  return [
    ...['run', '--rm', '--interactive', '--name', run.name, '--pull', 'never'],
    ...['--network', 'none', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges', '--read-only'],
    ...['--user', `${uid}:${gid}`],
    // Without it podman without root would map our user to another one, who may not write.
    ...(run.engine === 'podman' && uid !== 0 ? ['--userns', 'keep-id'] : []),
    ...(run.kvm ? ['--device', '/dev/kvm'] : []),
    ...(run.kvm && kvmGroup !== undefined ? ['--group-add', String(kvmGroup)] : []),
    ...(run.pinnedCpus === undefined ? [] : ['--cpuset-cpus', run.pinnedCpus.join(',')]),
    ...run.readOnly.flatMap((path) => mount(path, 'ro')),
    ...run.writable.flatMap((path) => mount(path, 'rw')),
    ...['--tmpfs', '/tmp', '--env', 'TMPDIR=/tmp', '--entrypoint', '/bin/sh', run.image],
    ...['-c', run.watchdog, 'sysmonvm-watchdog', run.qemu, ...run.qemuArgs],
  ];
}
