import { arch, platform } from 'node:os';
import { type Resource, resourceFromAttributes } from '@opentelemetry/resources';
import type { CheckerConfig } from '../../core/checker/config.ts';
import type { Identity } from '../../core/checker/payload.ts';
import { schemaUrl } from '../../core/telemetry/metrics.ts';

const archNames: Readonly<Record<string, string>> = { x64: 'amd64', ia32: 'x86', arm: 'arm32' };

/** Who it is that sends: service, machine, VM, and what the configuration says, which has the last word. */
export function checkerResource(
  config: Pick<CheckerConfig, 'resource' | 'vm'>,
  identity: Identity,
  version: string,
): Resource {
  const attributes = {
    'service.name': 'sysmon-vm',
    'service.version': version,
    'host.id': identity.hostId,
    'host.name': identity.hostname,
    'host.arch': archNames[arch()] ?? arch(),
    'os.type': platform(),
    'sysmonvm.vm.id': config.vm?.id ?? '',
    'sysmonvm.vm.name': config.vm?.name ?? '',
    ...config.resource,
  };
  const known = Object.entries(attributes).filter(([, value]) => value !== '');
  return resourceFromAttributes(Object.fromEntries(known), { schemaUrl });
}
