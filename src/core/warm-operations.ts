import type { BootstrapRequest } from './bootstrap/bootstrap-operations.ts';
import type { VmConfig } from './config/vm-config.ts';
import type { Answer, Call, Removal, StartOptions } from './operation.ts';
import type { PortWish } from './plan/vm-plan.ts';
import type { ProcessMemory } from './ports/process-memory.ts';
import type { VmIdentity } from './ports/vm-store.ts';
import type { Template } from './template/template.ts';

/** One row of `template list`. */
export interface TemplateFacts {
  readonly template: Template;
  readonly directory: string;
  /** Names of the VMs whose disk or memory lies on it. */
  readonly usedBy: readonly string[];
  readonly allocatedBytes: number;
  /** Why it cannot be forked now, with its code; undefined: it can. */
  readonly refused?: { readonly code: string; readonly message: string };
}

export interface CreateTemplateRequest {
  readonly name: string;
  readonly source: /** With `bootstrap` it is prepared before it is frozen. */
    | { readonly kind: 'boot'; readonly config: VmConfig; readonly bootstrap?: BootstrapRequest }
    /** A running VM; it goes on as the template's first fork. */
    | { readonly kind: 'vm'; readonly vm: string };
  readonly automatic?: boolean;
}

/** What a fork may have of its own; all else is the template's. */
export interface ForkOverrides {
  readonly name: string;
  readonly hostname?: string;
  readonly ports?: readonly PortWish[];
  readonly ttlMs?: number;
  readonly ephemeral?: boolean;
  /** It becomes a member of the template's pool; its owner is this command until it is complete. */
  readonly pool?: VmIdentity['pool'];
}

export interface ForkOptions {
  /** identity: it has answered to its renewal; ssh: its SSH server answered too (default). */
  readonly until?: 'identity' | 'ssh';
  /** What will be asked of a fork first: a login is begun, the agent is rehearsed, while it is told who it is. */
  readonly next?: 'ssh' | 'agent';
  readonly timeoutMs?: number;
}

export interface TemplateOperations {
  create(request: CreateTemplateRequest, call: Call): Promise<TemplateFacts>;
  list(): Promise<readonly TemplateFacts[]>;
  show(name: string): Promise<TemplateFacts>;
  /** Reads every part. @throws template.changed */
  verify(name: string, call: Call): Promise<TemplateFacts>;
  destroy(name: string, options: { readonly dryRun: boolean }, call: Call): Promise<readonly Removal[]>;
  /** `vm-create --template`: a fork that is not started. */
  createFork(template: string, overrides: ForkOverrides, call: Call): Promise<Answer>;
  /** Creates and restores; `count` of them, with bounded parallelism. */
  fork(
    template: string,
    request: { readonly names: readonly string[]; readonly overrides?: Omit<ForkOverrides, 'name'> } & ForkOptions,
    call: Call,
  ): Promise<readonly Answer[]>;
  /** A fork of the configuration's template that is started; a VM that has run is refused. */
  startWarm(config: VmConfig, options: StartOptions, call: Call): Promise<Answer>;
  /** The template of a configuration, made when there is none; tells why an older one does not do. */
  warm(config: VmConfig, call: Call): Promise<Template>;
}

export interface PoolMember {
  readonly vm: string;
  readonly vmId: string;
  readonly state: 'filling' | 'ready' | 'dead' | 'expired';
  readonly pid?: number;
  readonly expiresAt: number;
  readonly memory?: ProcessMemory;
}

export interface PoolFacts {
  readonly template: string;
  readonly size: number;
  readonly ttlMs: number;
  readonly members: readonly PoolMember[];
  /** The command that fills it now. */
  readonly filledBy?: { readonly pid: number };
}

export interface PoolOperations {
  /** Records the size and fills it; `wait: false` leaves that to a detached refill. */
  create(
    template: string,
    options: { readonly size: number; readonly ttlMs?: number; readonly wait: boolean },
    call: Call,
  ): Promise<PoolFacts>;
  list(): Promise<readonly PoolFacts[]>;
  /** Ends when the pool is full. Ignored when another command is filling it. */
  refill(template: string, call: Call): Promise<PoolFacts>;
  /** `claim` for each name; what is not ready is forked from the template, and that is told. */
  fork(
    template: string,
    request: { readonly names: readonly string[]; readonly overrides?: Omit<ForkOverrides, 'name'> } & ForkOptions,
    call: Call,
  ): Promise<readonly Answer[]>;
  /** A member becomes a VM with these names and ports; undefined when none is ready. Starts a detached refill. */
  claim(template: string, overrides: ForkOverrides, options: ForkOptions, call: Call): Promise<Answer | undefined>;
  destroy(template: string, options: { readonly dryRun: boolean }, call: Call): Promise<readonly Removal[]>;
}

/** One entry of `vm-snapshot list`. */
export interface VmSnapshotFacts {
  readonly name: string;
  readonly createdAt: number;
  /** With memory: restored, the guest goes on where it was. */
  readonly memory: boolean;
  readonly memoryBytes?: number;
}

export interface SuspensionOperations {
  pause(name: string, call: Call): Promise<Answer>;
  resume(name: string, call: Call): Promise<Answer>;
  /** State to disk, QEMU gone; `start` resumes. */
  suspend(name: string, call: Call): Promise<Answer>;
}

export interface RestoreSnapshotOptions {
  /** A VM that runs may be stopped, when the snapshot has no memory. */
  readonly restart: boolean;
}

export interface SnapshotOperations {
  create(name: string, snapshot: string, call: Call): Promise<VmSnapshotFacts>;
  list(name: string): Promise<readonly VmSnapshotFacts[]>;
  restore(name: string, snapshot: string, options: RestoreSnapshotOptions, call: Call): Promise<Answer>;
  delete(name: string, snapshot: string, call: Call): Promise<readonly Removal[]>;
}
