import type { BootstrapOperations } from './bootstrap/bootstrap-operations.ts';
import type { CheckerOperations } from './checker-install/operations.ts';
import type { VmConfig } from './config/vm-config.ts';
import type { ExecWay } from './exec-way.ts';
import type { HostCollectorOperations } from './host-collector/operations.ts';
import type { GuestArch } from './host-facts.ts';
import type {
  AddImageRequest,
  ImageChoiceOf,
  ImageFacts,
  ImagePage,
  KeyFacts,
  UpdateReport,
  UpdateRequest,
  Verified,
} from './image-operations.ts';
import type { ArtifactOperations } from './measure/artifact-operations.ts';
import type { BootOperations } from './measure/boot-operations.ts';
import type { JudgingOperations } from './measure/judging-operations.ts';
import type { MediaOperations } from './measure/media-operations.ts';
import type { ReportOperations } from './measure/report-operations.ts';
import type { WorkloadOperations } from './measure/workload-operations.ts';
import type { Answer, Call, Removal, StartOptions } from './operation.ts';
import type { PlanDifference } from './plan/diff-plans.ts';
import type { VmPlan } from './plan/vm-plan.ts';
import type { CopyProgress, GuestCommand, GuestExit, GuestStreams, SshTarget } from './ports/guest-shell.ts';
import type { AcceleratorVerdict } from './ports/host-facts-source.ts';
import type { ProcessIdentity } from './ports/process-runner.ts';
import type { InstallPlan, ToolFinding } from './ports/tool-installer.ts';
import type { Probe } from './probe/read-probe.ts';
import type { PortLease } from './resources/ledger.ts';
import type { VmEvent } from './vm/vm-events.ts';
import type { VmSnapshot } from './vm/vm-snapshot.ts';
import type {
  PoolOperations,
  SnapshotOperations,
  SuspensionOperations,
  TemplateOperations,
} from './warm-operations.ts';

export type { Answer, Call, Progress, Removal, StartOptions } from './operation.ts';

export interface PlanResult {
  readonly plan: VmPlan;
  readonly config: VmConfig;
  readonly qemuArgs: readonly string[];
}

export interface Finding {
  readonly id: string;
  readonly status: 'ok' | 'warning' | 'problem';
  readonly summary: string;
  readonly remedy?: string;
}

export interface DoctorOptions {
  /** Acceleration and warm start are tried again, whatever was found before. */
  readonly refresh: boolean;
  /** Id of the one finding to look for again; the report has it, or nothing when there is no such finding now. */
  readonly only?: string;
}

export interface DoctorReport {
  readonly findings: readonly Finding[];
  readonly accelerator?: AcceleratorVerdict;
}

export interface HostSetupReport {
  readonly tools: readonly ToolFinding[];
  readonly install?: InstallPlan;
  readonly installed: boolean;
  readonly workspace: { readonly path: string; readonly created: readonly string[] };
}

export interface ImageResult {
  readonly id: string;
  readonly arch: GuestArch;
  readonly level: string;
  readonly digest: string;
  readonly path: string;
  readonly sizeBytes: number;
  readonly source: 'downloaded' | 'built' | 'cached' | 'exported' | 'imported';
}

export type LogSource = 'console' | 'qemu' | 'cloud-init' | 'events';

export interface DiskUse {
  readonly what: 'image' | 'template' | 'vm' | 'logs' | 'partial' | 'other';
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
  readonly usedBy: readonly string[];
}

export interface CreateOptions {
  readonly config: VmConfig;
  readonly ephemeral?: boolean;
  /** A fork of this one instead of a VM made from an image. */
  readonly template?: string;
}

export interface ProcessUsage {
  readonly pid: number;
  /** Epoch milliseconds. */
  readonly at: number;
  /** Since the process began; absent where the host does not tell. */
  readonly cpuSeconds?: number;
  readonly residentBytes: number;
}

export interface UpOptions extends CreateOptions, StartOptions {
  readonly recreate?: boolean;
  /** A VM that is made is a fork of the configuration's template. */
  readonly warm?: boolean;
}

export interface UpResult extends Answer {
  readonly action: 'created' | 'started' | 'kept' | 'restarted' | 'recreated';
  readonly differences: readonly PlanDifference[];
}

export interface RunRequest {
  readonly config: VmConfig;
  /** A fork instead of a boot: of this template, or of the configuration's own. */
  readonly fork?: { readonly template?: string; readonly pool?: boolean };
  readonly command: GuestCommand;
  readonly streams: GuestStreams;
  readonly timeoutMs?: number;
  /** Default: ssh. */
  readonly via?: ExecWay;
  readonly sync: readonly { readonly local: string; readonly remote: string }[];
  readonly out: readonly { readonly remote: string; readonly local: string }[];
}

export interface ImageOperations {
  list(call: Call): Promise<readonly ImageFacts[]>;
  show(image: ImageChoiceOf, call: Call): Promise<ImagePage>;
  pull(image: ImageChoiceOf & { readonly force: boolean }, call: Call): Promise<ImageResult>;
  /** undefined: everything in the cache. One image that fails throws; of several each is told. */
  verify(
    options: { readonly image?: ImageChoiceOf; readonly maxAgeDays?: number },
    call: Call,
  ): Promise<readonly Verified[]>;
  update(request: UpdateRequest, call: Call): Promise<UpdateReport>;
  add(request: AddImageRequest, call: Call): Promise<ImageFacts>;
  /** Entries of the workspace only. */
  remove(image: ImageChoiceOf, call: Call): Promise<readonly Removal[]>;
  keys(call: Call): Promise<readonly KeyFacts[]>;
  addKey(
    request: { readonly file: string; readonly fingerprint: string; readonly id?: string },
    call: Call,
  ): Promise<KeyFacts>;
  removeKey(id: string, call: Call): Promise<readonly Removal[]>;
  prune(options: { readonly olderThanMs?: number; readonly dryRun: boolean }, call: Call): Promise<readonly Removal[]>;
  export(image: ImageChoiceOf, directory: string, call: Call): Promise<ImageResult>;
  import(directory: string, call: Call): Promise<ImageResult>;
}

/** The one interface that commands and screens know. */
export interface Engine {
  hostSetup(
    options: { readonly check: boolean; readonly dryRun: boolean; readonly interactive: boolean },
    call: Call,
  ): Promise<HostSetupReport>;
  doctor(options: DoctorOptions, call: Call): Promise<DoctorReport>;
  /** Writes a gzip-compressed tar without secrets. */
  doctorBundle(
    path: string,
    vm: string | undefined,
    call: Call,
  ): Promise<{ readonly path: string; readonly files: readonly string[] }>;
  readonly hostCollector: HostCollectorOperations;
  readonly images: ImageOperations;
  plan(config: VmConfig, call: Call): Promise<PlanResult>;
  /** The plan that a VM was made by. @throws vm.not-found */
  planOf(name: string): Promise<VmPlan>;
  readonly templates: TemplateOperations;
  readonly pools: PoolOperations;
  readonly checker: CheckerOperations;
  readonly suspension: SuspensionOperations;
  readonly snapshots: SnapshotOperations;
  readonly bootstrap: BootstrapOperations;
  readonly boots: BootOperations;
  readonly artifacts: ArtifactOperations;
  readonly media: MediaOperations;
  readonly judging: JudgingOperations;
  readonly workloads: WorkloadOperations;
  readonly reports: ReportOperations;
  /** Where guest and containers can read the frequency of their CPUs. */
  probe(name: string, options: { readonly containers: boolean }, call: Call): Promise<Probe>;

  create(options: CreateOptions, call: Call): Promise<Answer>;
  start(name: string, options: StartOptions, call: Call): Promise<Answer>;
  /** Until ready, stopped or gone. */
  wait(
    name: string,
    options: { readonly until: 'ready' | 'stopped'; readonly timeoutMs?: number },
    call: Call,
  ): Promise<Answer>;
  stop(name: string, options: { readonly force: boolean; readonly timeoutMs?: number }, call: Call): Promise<Answer>;
  restart(name: string, options: StartOptions & { readonly force: boolean }, call: Call): Promise<Answer>;
  change(
    name: string,
    patch: { readonly cpus?: number; readonly memoryMib?: number; readonly diskGib?: number },
    options: { readonly restart: boolean; readonly dryRun: boolean },
    call: Call,
  ): Promise<Answer & { readonly differences: readonly PlanDifference[] }>;
  addPort(name: string, port: { readonly host?: number; readonly guest: number }, call: Call): Promise<PortLease>;
  removePort(name: string, hostPort: number, call: Call): Promise<void>;
  destroy(name: string, options: { readonly dryRun: boolean }, call: Call): Promise<readonly Removal[]>;
  up(options: UpOptions, call: Call): Promise<UpResult>;
  /** Always tears the VM down, whatever happens. */
  run(request: RunRequest, call: Call): Promise<GuestExit>;

  /** What processes of snapshots use now; for who asks every second. A process that is gone is left out. */
  usage(processes: readonly ProcessIdentity[]): Promise<readonly ProcessUsage[]>;
  /**
   * Bytes of the console log of each VM's last run, by its id; for who looks often whether a guest said something. A long
   * log is shortened now and then.
   */
  consoleSizes(): ReadonlyMap<string, number>;
  status(name: string): Promise<VmSnapshot>;
  list(): Promise<readonly VmSnapshot[]>;
  /** Events of all VMs (or one) with a greater generation; ends when the signal is aborted. */
  events(options: { readonly vm?: string; readonly history: boolean }, call: Call): AsyncIterable<VmEvent>;
  logs(
    name: string,
    options: { readonly source: LogSource; readonly follow: boolean; readonly lines?: number },
    call: Call,
  ): AsyncIterable<string>;
  /** Path of the console socket of a running VM; attaching is the terminal's business. */
  consoleSocket(name: string): Promise<string>;

  /** Waits for ready when the VM is booting. */
  exec(
    name: string,
    command: GuestCommand,
    streams: GuestStreams,
    options: { readonly timeoutMs?: number; readonly via?: ExecWay },
    call: Call,
  ): Promise<GuestExit>;
  sshTarget(name: string, options: { readonly waitReady: boolean }, call: Call): Promise<SshTarget>;
  upload(
    name: string,
    local: string,
    remote: string,
    call: Call,
    onProgress?: (p: CopyProgress) => void,
  ): Promise<void>;
  download(
    name: string,
    remote: string,
    local: string,
    call: Call,
    onProgress?: (p: CopyProgress) => void,
  ): Promise<void>;

  gc(options: { readonly olderThanMs?: number; readonly dryRun: boolean }, call: Call): Promise<readonly Removal[]>;
  diskUse(): Promise<readonly DiskUse[]>;
  uninstall(options: { readonly dryRun: boolean }, call: Call): Promise<readonly Removal[]>;
  versions(): Promise<Readonly<Record<string, unknown>>>;
}
