import type { Answer } from '../../core/engine.ts';
import { answerText } from '../../core/view/answer-text.ts';
import type { VmSnapshot } from '../../core/vm/vm-snapshot.ts';
import type { App } from '../app.ts';
import type { AppState, ScreenName } from '../state/app-state.ts';
import type { TaskWork } from '../state/tasks.ts';
import { targetVm, targetVms } from './targets.ts';

/** Where VMs can be acted on. */
export const vmScreens: readonly ScreenName[] = ['fleet', 'vm'];

export const anyVmIs =
  (...states: readonly VmSnapshot['state'][]) =>
  (state: AppState): boolean =>
    targetVms(state).some((vm) => states.includes(vm.state));

export const someVm = (state: AppState): boolean => targetVms(state).length > 0;

/** The first line of what the command would print. */
export const answerLine = (answer: Answer): string => answerText(answer).split('\n', 1)[0] ?? '';

/** One task for each VM that is in one of the states, so that none waits for another. */
export function forEachVm(
  app: App,
  verb: string,
  states: readonly VmSnapshot['state'][],
  run: (vm: VmSnapshot) => TaskWork['run'],
): void {
  for (const vm of targetVms(app.store.get()))
    if (states.includes(vm.state)) app.tasks.start({ title: `${verb} ${vm.name}`, run: run(vm) });
}

export function forOneVm(app: App, act: (vm: VmSnapshot) => unknown): void {
  const vm = targetVm(app.store.get());
  if (vm !== undefined) act(vm);
}
