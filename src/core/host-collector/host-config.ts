import { checkConfig } from '../checker/config.ts';
import { fail } from '../errors/sysmonvm-error.ts';
import type { HostOs } from './layout.ts';

export interface HostedVm {
  readonly id: string;
  readonly name: string;
}

export interface HostConfigRequest {
  readonly os: HostOs;
  readonly vms: readonly HostedVm[];
  /** undefined: as it is, or the usual one. */
  readonly listen?: string;
  /** Text of the file that is there. */
  readonly existing?: string;
  readonly path: string;
}

/** Not 50110: that is the port which a VM's own checker is forwarded to. */
const usualAddress = '127.0.0.1:50111';
const serviceNames: Readonly<Record<HostOs, string>> = {
  darwin: 'macos-host-monitor',
  linux: 'linux-host-monitor',
};

const object = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

/**
 * The configuration of the host's collector: what a person wrote there stays, the VMs are those of now. With one VM the
 * whole resource carries its id, as the guest's does; with several a metric tells them.
 */
export function hostConfigText({ os, vms, listen, existing, path }: HostConfigRequest): string {
  const { vm: _former, ...kept } = existing === undefined ? {} : parsed(existing, path);
  const [only, ...others] = vms;
  const config = {
    listen_addr: listen ?? kept['listen_addr'] ?? usualAddress,
    ...Object.fromEntries(Object.entries(kept).filter(([key]) => key !== 'listen_addr')),
    resource: { 'service.name': serviceNames[os], ...object(kept['resource']) },
    hosted_vms: vms,
    ...(only === undefined || others.length > 0 ? {} : { vm: only }),
  };
  const { problems } = checkConfig(config);
  if (problems.length > 0)
    fail(
      'collector.config-invalid',
      `${path}: ${problems.map(({ place, message }) => `${place}: ${message}`).join('; ')}`,
      { details: { path, problems }, next: [`Correct ${path}, or remove it: a new one is written.`] },
    );
  return `${JSON.stringify(config, null, 2)}\n`;
}

/** Where the service of this configuration answers. */
export function listenAddress(configText: string): { readonly host: string; readonly port: number } {
  const { config } = checkConfig(JSON.parse(configText));
  return config?.listen_addr ?? { host: '127.0.0.1', port: 0 };
}

function parsed(text: string, path: string): Readonly<Record<string, unknown>> {
  try {
    return object(JSON.parse(text));
  } catch (error) {
    return fail('collector.config-invalid', `${path} is not JSON: ${(error as Error).message}`, {
      details: { path },
      next: [`Correct ${path}, or remove it: a new one is written.`],
    });
  }
}
