/** Where the host collector lies, by operating system and by who put it there. */
export type HostOs = 'linux' | 'darwin';

export interface HostLayout {
  readonly os: HostOs;
  readonly program: string;
  readonly config: string;
  /** The launchd property list or the systemd unit. */
  readonly service: string;
  /** Name by which the service manager knows it. */
  readonly serviceName: string;
  /** File of templates/ that the service is made of. */
  readonly serviceTemplate: string;
  /** Files that the service manager writes; on Linux it is the journal. */
  readonly logs: readonly string[];
  /** User and group of its own; on macOS it is root, which powermetrics needs. */
  readonly user?: string;
}

const name = 'serviceradar-sysmon-vm';
const linux = {
  os: 'linux',
  config: '/etc/serviceradar/sysmonvm-host.json',
  serviceName: 'serviceradar-sysmonvm-host.service',
  serviceTemplate: 'host-systemd/serviceradar-sysmonvm-host.service',
  logs: [],
  user: 'serviceradar-sysmon',
} as const;

export const hostLayouts = {
  darwin: {
    os: 'darwin',
    program: `/usr/local/libexec/serviceradar/${name}`,
    config: '/usr/local/etc/serviceradar/sysmon-vm.json',
    service: '/Library/LaunchDaemons/com.serviceradar.sysmonvm.plist',
    serviceName: 'com.serviceradar.sysmonvm',
    serviceTemplate: 'launchd/com.serviceradar.sysmonvm.plist',
    logs: ['/var/log/serviceradar/sysmon-vm.log', '/var/log/serviceradar/sysmon-vm.err.log'],
  },
  linux: {
    ...linux,
    program: `/usr/local/libexec/serviceradar/${name}`,
    service: '/etc/systemd/system/serviceradar-sysmonvm-host.service',
  },
} as const satisfies Record<HostOs, HostLayout>;

/** What a package of a distribution may write to. */
export const linuxPackageLayout: HostLayout = {
  ...linux,
  program: `/usr/libexec/serviceradar/${name}`,
  service: '/usr/lib/systemd/system/serviceradar-sysmonvm-host.service',
};

export const directoryOf = (path: string): string => path.slice(0, path.lastIndexOf('/'));

/** The text of the service, from its template. */
export const serviceText = (template: string, { program }: HostLayout): string =>
  template.replaceAll('@PROGRAM@', program);
