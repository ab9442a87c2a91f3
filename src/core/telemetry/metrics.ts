/**
 * Every metric that the checker can report: name, instrument and unit, as OpenTelemetry's semantic conventions 1.44.0
 * name them; where these have no name, below `sysmonvm.`. Units are UCUM.
 */
type Instrument = 'gauge' | 'counter' | 'updowncounter';

export interface Metric {
  readonly name: string;
  readonly instrument: Instrument;
  readonly unit: string;
  readonly valueType: 'int' | 'double';
  readonly description: string;
}

export const schemaUrl = 'https://opentelemetry.io/schemas/1.44.0';

const metric = (
  name: string,
  instrument: Instrument,
  unit: string,
  valueType: Metric['valueType'],
  description: string,
): Metric => ({ name, instrument, unit, valueType, description });

/** Attributes are in the second half of each comment. */
export const metrics = {
  /** cpu.logical_number, sysmonvm.cluster where CPUs differ; absent where no source knows it. */
  cpuFrequency: metric('system.cpu.frequency', 'gauge', 'Hz', 'int', 'Current frequency of a logical CPU'),
  /** sysmonvm.aggregate {min, max, avg}. */
  cpuFrequencyAggregate: metric('sysmonvm.cpu.frequency.aggregate', 'gauge', 'Hz', 'int', 'Over all logical CPUs'),
  /** cpu.mode, cpu.logical_number. */
  cpuTime: metric('system.cpu.time', 'counter', 's', 'double', 'Seconds each logical CPU spent in each mode'),
  /** cpu.mode; over all CPUs. */
  cpuUtilization: metric('system.cpu.utilization', 'gauge', '1', 'double', 'Share of time spent in each mode'),
  /** cpu.logical_number (none: all together): everything but idle and iowait. */
  cpuBusy: metric('sysmonvm.cpu.busy', 'gauge', '1', 'double', 'Share of time that a CPU was not idle'),
  cpuLogicalCount: metric('system.cpu.logical.count', 'updowncounter', '{cpu}', 'int', 'Logical CPUs online'),
  cpuPhysicalCount: metric('system.cpu.physical.count', 'updowncounter', '{cpu}', 'int', 'Physical cores online'),
  load1: metric('system.linux.cpu.load_1m', 'gauge', '{thread}', 'double', 'Load average over one minute'),
  load5: metric('system.linux.cpu.load_5m', 'gauge', '{thread}', 'double', 'Load average over five minutes'),
  load15: metric('system.linux.cpu.load_15m', 'gauge', '{thread}', 'double', 'Load average over fifteen minutes'),
  contextSwitches: metric('sysmonvm.context_switches', 'counter', '{context_switch}', 'int', 'Context switches'),
  interrupts: metric('sysmonvm.interrupts', 'counter', '{interrupt}', 'int', 'Interrupts serviced'),
  uptime: metric('system.uptime', 'gauge', 's', 'double', 'Time since the system was booted'),
  /** system.memory.state {used, free, buffers, cached}. */
  memoryUsage: metric('system.memory.usage', 'updowncounter', 'By', 'int', 'Memory in use by state'),
  memoryLimit: metric('system.memory.limit', 'updowncounter', 'By', 'int', 'Memory that there is'),
  /** system.memory.state. */
  memoryUtilization: metric('system.memory.utilization', 'gauge', '1', 'double', 'Share of memory by state'),
  memoryAvailable: metric('system.memory.linux.available', 'updowncounter', 'By', 'int', 'Memory free for programs'),
  /** system.paging.state {used, free}. */
  pagingUsage: metric('system.paging.usage', 'updowncounter', 'By', 'int', 'Swap by state'),
  /** system.paging.fault.type {major, minor}. */
  pagingFaults: metric('system.paging.faults', 'counter', '{fault}', 'int', 'Page faults'),
  /** system.paging.direction {in, out}, system.paging.fault.type major. */
  pagingOperations: metric('system.paging.operations', 'counter', '{operation}', 'int', 'Pages moved from and to swap'),
  /** sysmonvm.pressure.resource {cpu, memory, io}, sysmonvm.pressure.kind {some, full}; over the last 10 s. */
  pressure: metric('sysmonvm.pressure', 'gauge', '1', 'double', 'Share of time that tasks waited for a resource'),
  /** system.device, disk.io.direction {read, write}. */
  diskIo: metric('system.disk.io', 'counter', 'By', 'int', 'Bytes read and written'),
  /** system.device, disk.io.direction. */
  diskOperations: metric('system.disk.operations', 'counter', '{operation}', 'int', 'Reads and writes completed'),
  /** system.device. */
  diskIoTime: metric('system.disk.io_time', 'counter', 's', 'double', 'Time that a disk was busy'),
  /** system.device, disk.io.direction. */
  diskOperationTime: metric('system.disk.operation_time', 'counter', 's', 'double', 'Sum of the time of operations'),
  /** system.device, disk.io.direction. */
  diskMerged: metric('system.disk.merged', 'counter', '{operation}', 'int', 'Operations merged into one'),
  /** system.device; requests in flight. */
  diskQueue: metric('sysmonvm.disk.queue_depth', 'gauge', '{operation}', 'int', 'Operations in flight'),
  /** system.device, system.filesystem.{mountpoint, type, mode, state {used, free, reserved}}. */
  filesystemUsage: metric('system.filesystem.usage', 'updowncounter', 'By', 'int', 'Space of a file system by state'),
  /** As filesystemUsage, without state. */
  filesystemLimit: metric('system.filesystem.limit', 'updowncounter', 'By', 'int', 'Space of a file system'),
  /** network.interface.name, network.io.direction {receive, transmit}. */
  networkIo: metric('system.network.io', 'counter', 'By', 'int', 'Bytes received and sent'),
  /** system.device, network.io.direction. */
  networkPackets: metric('system.network.packet.count', 'counter', '{packet}', 'int', 'Packets received and sent'),
  /** network.interface.name, network.io.direction. */
  networkErrors: metric('system.network.errors', 'counter', '{error}', 'int', 'Errors of an interface'),
  /** network.interface.name, network.io.direction. */
  networkDropped: metric('system.network.packet.dropped', 'counter', '{packet}', 'int', 'Packets dropped'),
  /** network.transport tcp, network.connection.state. */
  networkConnections: metric('system.network.connection.count', 'updowncounter', '{connection}', 'int', 'Connections'),
  /** process.state. */
  processCount: metric('system.process.count', 'updowncounter', '{process}', 'int', 'Processes by state'),
  processCreated: metric('system.process.created', 'counter', '{process}', 'int', 'Processes created since boot'),
  /** process.pid, process.creation.time, process.command; the busiest few. cpu.mode {user, system}. */
  processCpuTime: metric('process.cpu.time', 'counter', 's', 'double', 'CPU time of a process'),
  /** As processCpuTime, without mode. OpenTelemetry's process.cpu.utilization is a share of all CPUs. */
  processCpuUsage: metric('sysmonvm.process.cpu.usage', 'gauge', '{cpu}', 'double', 'CPUs used by a process'),
  /** As processCpuUsage. */
  processMemory: metric('process.memory.usage', 'updowncounter', 'By', 'int', 'Resident memory of a process'),
  /** container.id, container.runtime.name where the path tells it. cpu.mode {user, system}. */
  containerCpuTime: metric('container.cpu.time', 'counter', 's', 'double', 'CPU time of a container'),
  /** container.id … */
  containerCpuUsage: metric('container.cpu.usage', 'gauge', '{cpu}', 'double', 'CPUs used by a container'),
  /** container.id …; only where the cgroup has a quota. */
  containerCpuLimit: metric('sysmonvm.container.cpu.limit', 'gauge', '{cpu}', 'double', 'CPUs a container may use'),
  /** container.id … */
  containerThrottled: metric('sysmonvm.container.cpu.throttled', 'counter', 's', 'double', 'Time held back by a quota'),
  /** container.id … */
  containerMemory: metric('container.memory.usage', 'updowncounter', 'By', 'int', 'Memory of a container'),
  thermalPressure: metric('sysmonvm.host.thermal_pressure', 'gauge', '1', 'int', '0 nominal … 4 critical'),
  hostPower: metric('hw.host.power', 'gauge', 'W', 'double', 'Power of CPU, GPU and their sum, by hw.id'),
  /** sysmonvm.vm.id, sysmonvm.vm.name; the value is always 1. */
  hostedVm: metric('sysmonvm.host.vm', 'gauge', '1', 'int', 'A VM that this host is configured to carry'),
  /** sysmonvm.collector: what one round of a collector took of a CPU. */
  collectorCpu: metric('sysmonvm.collector.cpu.time', 'counter', 's', 'double', 'CPU time a collector has used'),
  /** sysmonvm.collector. */
  collectorDuration: metric('sysmonvm.collector.duration', 'gauge', 's', 'double', 'Time of the last round'),
  /** sysmonvm.collector, error.type. */
  collectorFailures: metric('sysmonvm.collector.failures', 'counter', '{failure}', 'int', 'Rounds that failed'),
  /** sysmonvm.exporter. */
  exportDropped: metric('sysmonvm.export.dropped', 'counter', '{sample}', 'int', 'Samples that found no room to wait'),
} as const satisfies Record<string, Metric>;
