import type { HostServices } from '../core/host-collector/host-services.ts';
import type { GuestArch } from '../core/host-facts.ts';
import type { CheckerTools } from '../core/ports/checker-tools.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { ReadCommandInput } from '../core/ports/command-input.ts';
import type { Disks } from '../core/ports/disks.ts';
import type { GuestAgents } from '../core/ports/guest-agent.ts';
import type { GuestIdentitySource } from '../core/ports/guest-identity-source.ts';
import type { GuestShell } from '../core/ports/guest-shell.ts';
import type { HostFactsSource } from '../core/ports/host-facts-source.ts';
import type { HostInspection } from '../core/ports/host-inspection.ts';
import type { ImageCache } from '../core/ports/image-cache.ts';
import type { ImageLockFiles } from '../core/ports/image-lock-files.ts';
import type { MediaFiles } from '../core/ports/media-files.ts';
import type { MediumMachines } from '../core/ports/medium-machines.ts';
import type { PageAssets } from '../core/ports/page-assets.ts';
import type { PoolStore, StartDetached } from '../core/ports/pool-store.ts';
import type { PortLeases } from '../core/ports/port-leases.ts';
import type { ProcessMemories } from '../core/ports/process-memory.ts';
import type { ProcessRunner } from '../core/ports/process-runner.ts';
import type { ProcessTimes } from '../core/ports/process-times.ts';
import type { RunProgram } from '../core/ports/program-runner.ts';
import type { RenewalChannels } from '../core/ports/renewal-channel.ts';
import type { ResultFiles } from '../core/ports/result-files.ts';
import type { SeedBuilder } from '../core/ports/seed-builder.ts';
import type { SignatureChecker } from '../core/ports/signatures.ts';
import type { TemplateStore } from '../core/ports/template-store.ts';
import type { TextFiles } from '../core/ports/text-files.ts';
import type { ToolInstaller } from '../core/ports/tool-installer.ts';
import type { TrialMachines } from '../core/ports/trial-machines.ts';
import type { UsageSampler } from '../core/ports/usage-sampler.ts';
import type { VendorFiles } from '../core/ports/vendor-files.ts';
import type { VmLauncher } from '../core/ports/vm-launcher.ts';
import type { VmStore } from '../core/ports/vm-store.ts';
import type { ReadWorkloadFiles } from '../core/ports/workload-files.ts';

export interface Directories {
  readonly workspace: string;
  /** Images and probe verdicts, shared by all workspaces. */
  readonly cache: string;
  /** Port leases of this user. */
  readonly state: string;
  /** Short, private, for sockets. */
  readonly runtime: string;
}

/**
 * What the use cases need of the world. Ports that are costly to load are functions, so that a command which does
 * not need them (list, status, destroy) starts fast.
 */
export interface Dependencies {
  readonly directories: Directories;
  readonly clock: Clock;
  readonly files: TextFiles;
  readonly resultFiles: () => Promise<ResultFiles>;
  readonly store: VmStore;
  readonly templates: () => Promise<TemplateStore>;
  readonly pools: () => Promise<PoolStore>;
  readonly startDetached: StartDetached;
  readonly processes: Pick<ProcessRunner, 'identify' | 'isAlive' | 'kill'>;
  readonly processMemory: ProcessMemories;
  readonly processTimes: () => Promise<ProcessTimes>;
  readonly usageSampler: () => Promise<UsageSampler>;
  readonly ownPid: number;
  readonly hostArch: GuestArch;
  readonly home: string;
  readonly leases: () => Promise<PortLeases>;
  readonly launcher: () => Promise<VmLauncher>;
  readonly runner: () => Promise<ProcessRunner>;
  readonly runProgram: () => Promise<RunProgram>;
  readonly workloadFiles: () => Promise<ReadWorkloadFiles>;
  /** A folder. */
  readonly bundledWorkloads: string;
  readonly shell: () => Promise<GuestShell>;
  readonly pageAssets: () => Promise<PageAssets>;
  readonly commandInput: () => Promise<ReadCommandInput>;
  readonly agents: () => Promise<GuestAgents>;
  /** Text of the program that renews a restored guest from inside. */
  readonly renewalProgram: () => Promise<string>;
  readonly renewalChannels: () => Promise<RenewalChannels>;
  readonly disks: () => Promise<Disks>;
  readonly checkerTools: () => Promise<CheckerTools>;
  readonly images: () => Promise<ImageCache>;
  readonly lockFiles: ImageLockFiles;
  readonly vendorFiles: () => Promise<VendorFiles>;
  readonly signatures: () => Promise<SignatureChecker>;
  /** Nothing may open a connection to another host. */
  readonly offline: boolean;
  readonly ownVersion: () => string;
  /** One for every workspace in which this user made VMs, this one included. */
  readonly knownStores: () => Promise<readonly Pick<VmStore, 'workspace' | 'list'>[]>;
  readonly knownTemplates: () => Promise<readonly TemplateStore[]>;
  readonly seed: () => Promise<SeedBuilder>;
  readonly facts: () => Promise<HostFactsSource>;
  readonly mediaFiles: () => Promise<MediaFiles>;
  readonly mediumMachines: () => Promise<MediumMachines>;
  readonly trialMachines: () => Promise<TrialMachines>;
  readonly installer: () => Promise<ToolInstaller>;
  readonly inspection: () => Promise<HostInspection>;
  readonly hostServices: () => Promise<HostServices>;
  readonly guestIdentity: () => Promise<GuestIdentitySource>;
  /** Reads the whole file. @throws image.digest-mismatch when another digest was expected */
  readonly digestOfFile: (path: string, expected?: string) => Promise<string>;
  /** `sha256:…` */
  readonly digestOfText: (text: string) => string;
  readonly randomHex: (bytes: number) => string;
}
