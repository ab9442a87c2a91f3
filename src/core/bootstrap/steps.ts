import type { Family } from './family.ts';
import {
  authorityApplyScript,
  authorityCheckScript,
  otlpApplyScript,
  otlpCheckScript,
  proxyApplyScript,
  proxyCheckScript,
} from './scripts/network-script.ts';
import {
  containersApplyScript,
  containersCheckScript,
  perfToolsApplyScript,
  perfToolsCheckScript,
  toolsApplyScript,
  toolsCheckScript,
  upgradeApplyScript,
  upgradeCheckScript,
} from './scripts/packages-script.ts';
import {
  cpufreqApplyScript,
  cpufreqCheckScript,
  governorApplyScript,
  governorCheckScript,
  perfAccessApplyScript,
  perfAccessCheckScript,
} from './scripts/processor-script.ts';
import { clockApplyScript, clockCheckScript, sshApplyScript, sshCheckScript } from './scripts/services-script.ts';

/** Each profile holds the steps of the ones before it. */
export const profiles = ['minimal', 'standard', 'containers'] as const;
export type Profile = (typeof profiles)[number];

/** What a step needs from the host; without it the step is not part of a bootstrap. */
export type StepInput = 'proxy' | 'ca';

export interface BootstrapStep {
  readonly name: string;
  readonly title: string;
  readonly families: readonly Family[];
  /** The smallest profile that has it. */
  readonly profile: Profile;
  readonly input?: StepInput;
  /** The longest time of its apply script. */
  readonly minutes: number;
  readonly check: string;
  readonly apply: string;
  readonly verify: string;
}

const all: readonly Family[] = ['debian', 'el'];
const [short, long] = [5, 60];

/** In the order in which they run. */
export const bootstrapSteps: readonly BootstrapStep[] = [
  {
    name: 'proxy',
    title: 'use the proxy of the host',
    families: all,
    profile: 'minimal',
    input: 'proxy',
    minutes: short,
    check: proxyCheckScript,
    apply: proxyApplyScript,
    verify: proxyCheckScript,
  },
  {
    name: 'ca',
    title: 'trust a certificate authority',
    families: all,
    profile: 'minimal',
    input: 'ca',
    minutes: short,
    check: authorityCheckScript,
    apply: authorityApplyScript,
    verify: authorityCheckScript,
  },
  {
    name: 'upgrade',
    title: 'upgrade every package',
    families: all,
    profile: 'standard',
    minutes: long,
    check: upgradeCheckScript,
    apply: upgradeApplyScript,
    verify: upgradeCheckScript,
  },
  {
    name: 'tools',
    title: 'install git, curl, vim, jq, tmux, tar and make',
    families: all,
    profile: 'standard',
    minutes: long,
    check: toolsCheckScript,
    apply: toolsApplyScript,
    verify: toolsCheckScript,
  },
  {
    name: 'perf-tools',
    title: 'install cpupower and perf',
    families: all,
    profile: 'standard',
    minutes: long,
    check: perfToolsCheckScript,
    apply: perfToolsApplyScript,
    verify: perfToolsCheckScript,
  },
  {
    name: 'clock',
    title: 'keep the clock right with chrony',
    families: all,
    profile: 'minimal',
    minutes: long,
    check: clockCheckScript,
    apply: clockApplyScript,
    verify: clockCheckScript,
  },
  {
    name: 'cpufreq',
    title: 'load the kernel’s cpufreq driver',
    families: all,
    profile: 'minimal',
    minutes: short,
    check: cpufreqCheckScript,
    apply: cpufreqApplyScript,
    verify: cpufreqCheckScript,
  },
  {
    name: 'governor',
    title: 'set the governor performance',
    families: all,
    profile: 'minimal',
    minutes: short,
    check: governorCheckScript,
    apply: governorApplyScript,
    verify: governorCheckScript,
  },
  {
    name: 'perf-access',
    title: 'let users count their own performance events',
    families: all,
    profile: 'minimal',
    minutes: short,
    check: perfAccessCheckScript,
    apply: perfAccessApplyScript,
    verify: perfAccessCheckScript,
  },
  {
    name: 'ssh',
    title: 'let SSH in with keys only, and not as root',
    families: all,
    profile: 'minimal',
    minutes: short,
    check: sshCheckScript,
    apply: sshApplyScript,
    verify: sshCheckScript,
  },
  {
    name: 'otlp',
    title: 'let OTLP out through the firewall',
    families: all,
    profile: 'minimal',
    minutes: short,
    check: otlpCheckScript,
    apply: otlpApplyScript,
    verify: otlpCheckScript,
  },
  {
    name: 'containers',
    title: 'install a container runtime',
    families: all,
    profile: 'containers',
    minutes: long,
    check: containersCheckScript,
    apply: containersApplyScript,
    verify: containersCheckScript,
  },
];
