import type { Answer, Call, StartOptions } from '../../core/engine.ts';
import type { Dependencies } from '../dependencies.ts';
import { startVm } from './start-vm.ts';
import { stopVm } from './stop-vm.ts';
import { admitted, withVm } from './with-vm.ts';

export async function restartVm(
  deps: Dependencies,
  call: Call,
  name: string,
  options: StartOptions & { readonly force: boolean },
): Promise<Answer> {
  await withVm(deps, call, name, 'restart', async (session) => {
    admitted(session, 'restart');
  });
  await stopVm(deps, call, name, { force: options.force });
  return startVm(deps, call, name, options);
}
