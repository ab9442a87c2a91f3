import type { CheckerConfig } from '../../core/checker/config.ts';
import { metrics } from '../../core/telemetry/metrics.ts';
import type { Collector } from '../sampler/collector.ts';

/**
 * On a host: a 1 for each VM that its configuration names, with the attributes that the guest of that VM carries in its
 * resource, so that both can be joined.
 */
export function hostedVmsCollector(vms: CheckerConfig['hosted_vms']): Collector {
  return {
    name: 'hosted-vms',
    pace: 'slow',
    collect: (at) =>
      vms.map(({ id, name }) => ({
        metric: metrics.hostedVm.name,
        attributes: { 'sysmonvm.vm.id': id, 'sysmonvm.vm.name': name },
        value: 1,
        at,
        source: { kind: 'self', file: 'hosted_vms' },
        quality: 'nominal',
      })),
  };
}
