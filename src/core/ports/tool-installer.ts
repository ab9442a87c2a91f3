export interface ToolFinding {
  /** e.g. "qemu-system-x86_64" */
  readonly tool: string;
  readonly status: 'present' | 'missing' | 'too-old' | 'known-bad';
  readonly required: boolean;
  readonly path?: string;
  readonly version?: string;
  readonly minimumVersion?: string;
  /** What needs it, in words: "boots x86_64 guests". */
  readonly neededFor: string;
  /** Package that brings it under the package manager of this host. */
  readonly package?: string;
  readonly note?: string;
}

export interface InstallPlan {
  readonly manager: 'brew' | 'apt' | 'dnf' | 'zypper' | 'pacman';
  readonly packages: readonly string[];
  /** Exactly what would be run, with sudo where it is needed; printed by --dry-run. */
  readonly commands: readonly (readonly string[])[];
}

export interface ToolInstaller {
  /** Looks at every tool that the product uses on this host. Never changes anything. */
  inspect(signal?: AbortSignal): Promise<readonly ToolFinding[]>;
  /** undefined when nothing is missing. @throws host.package-manager-missing */
  planInstall(findings: readonly ToolFinding[]): Promise<InstallPlan | undefined>;
  /** Runs the commands of the plan. Asks nothing (sudo -n unless a terminal is there). @throws host.install-failed, host.permission */
  install(
    plan: InstallPlan,
    options: { readonly interactive: boolean; readonly onLine: (line: string) => void; readonly signal?: AbortSignal },
  ): Promise<void>;
}
