import { refuseValue } from '../config/findings.ts';
import type { VmConfig } from '../config/vm-config.ts';
import { fail } from '../errors/sysmonvm-error.ts';
import type { Accelerator, HostFacts } from '../host-facts.ts';
import { originText } from './origin-text.ts';
import type { Warn } from './plan-request.ts';
import type { Choice } from './vm-plan.ts';

/** Hardware acceleration only where guest code of ours has answered under it; emulation is never silent. */
export function chooseAccelerator(config: VmConfig, host: HostFacts, warn: Warn): Choice<Accelerator> {
  const asked = config.accelerator.value;
  if (asked === 'tcg') {
    if (config.requireAccel.value)
      refuseValue(
        config.requireAccel.origin,
        '--require-accel',
        'acceleration is required and emulation (tcg) is asked for',
      );
    warn('The guest is emulated (tcg), as asked for: its times say nothing about accelerated guests.');
    return { value: 'tcg', reason: `${originText(config.accelerator.origin)}; emulation` };
  }
  const there = host.accelerator;
  if (asked !== 'auto' && asked !== there?.name) {
    unavailable(asked, host, there === undefined ? whyNone(host) : `this host has ${there.name}, not ${asked}`);
  }
  if (there?.usable)
    return {
      value: there.name,
      reason: asked === 'auto' ? `works here: ${there.reason}` : originText(config.accelerator.origin),
    };
  const why = there?.reason ?? whyNone(host);
  if (asked !== 'auto' || config.requireAccel.value)
    unavailable(asked === 'auto' ? (there?.name ?? 'acceleration') : asked, host, why);
  warn(
    `NO HARDWARE ACCELERATION: the guest is emulated and about 10 times slower. ${sentence(why)} See \`sysmonvm doctor\`.`,
  );
  return { value: 'tcg', reason: `emulation, because ${why.replace(/\.$/, '')}` };
}

function whyNone(host: HostFacts): string {
  if (host.guestArch !== host.arch) return `${host.guestArch} guests cannot be accelerated on an ${host.arch} host`;
  return `no ${host.platform === 'darwin' ? 'Hypervisor.framework' : '/dev/kvm'} was found`;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/\.$/, '')}.`;
}

function unavailable(name: string, host: HostFacts, why: string): never {
  fail(
    'host.accelerator-unavailable',
    `${name} cannot be used for ${host.guestArch} guests here: ${why.replace(/\.$/, '')}.`,
    {
      details: {
        accelerator: name,
        guestArch: host.guestArch,
        hostArch: host.arch,
        platform: host.platform,
        reason: why,
      },
      next: ['sysmonvm doctor', 'Allow emulation: --accel auto --no-require-accel'],
    },
  );
}
