import { type Family, familyOf, packageManagers, systemName } from '../../core/bootstrap/family.ts';
import type { Deadline } from '../../core/deadline.ts';
import type { Call } from '../../core/engine.ts';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import type { GuestConnection } from '../../core/ports/guest-shell.ts';

export interface RecognisedGuest {
  readonly family: Family;
  readonly system: string;
}

/** @throws bootstrap.unknown-family */
export async function recogniseGuest(
  connection: GuestConnection,
  call: Call,
  { vm, asked, deadline }: { readonly vm: string; readonly asked: Family | undefined; readonly deadline: Deadline },
): Promise<RecognisedGuest> {
  const { stdout } = await connection.capture({ command: ['cat', '/etc/os-release'] }, deadline);
  const system = systemName(stdout);
  const family = asked ?? familyOf(stdout);
  const details = { vm, system };
  if (!family) {
    return fail(
      'bootstrap.unknown-family',
      `VM ${vm} runs ${system}, which is neither of the family debian nor of el`,
      {
        details,
        next: [`sysmonvm vm-bootstrap ${vm} --family debian`, `sysmonvm vm-bootstrap ${vm} --family el`],
      },
    );
  }
  const manager = packageManagers[family];
  const found = await connection.capture({ command: ['sh', '-c', 'command -v "$1"', 'sh', manager] }, deadline);
  if (found.exitCode !== 0) {
    return fail('bootstrap.unknown-family', `VM ${vm} runs ${system}, of the family ${family}, but has no ${manager}`, {
      details: { ...details, family },
      next: ['sysmonvm image list'],
    });
  }
  if (familyOf(stdout) !== family)
    call.report({ kind: 'notice', level: 'warning', text: `${system} is treated as ${family}, as --family says` });
  return { family, system };
}
