import { fail } from '../../core/errors/sysmonvm-error.ts';
import { admit } from '../../core/vm/requests.ts';
import type { Dependencies } from '../dependencies.ts';
import { findVm } from './with-vm.ts';

export async function consoleSocket(deps: Dependencies, name: string): Promise<string> {
  const record = await findVm(deps, name);
  const admission = admit(record.recorded.state, 'console');
  const socket = record.ledger.running?.sockets.console;
  if (admission.outcome === 'denied' || socket === undefined) {
    fail(
      'vm.refused',
      `VM ${name} has no console to attach to: ${admission.outcome === 'denied' ? admission.reason : 'it does not run'}`,
      {
        next: [`sysmonvm vm-start ${name}`, `sysmonvm vm-logs ${name}`],
      },
    );
  }
  return socket;
}
