import type { VmSnapshot } from '../../core/vm/vm-snapshot.ts';
import type { App } from '../app.ts';
import { ask } from './ask.ts';
import { answerLine, forOneVm, vmScreens as screens, someVm } from './for-vms.ts';
import type { UiCommand } from './ui-command.ts';

export const forkCommands: readonly UiCommand[] = [
  {
    id: 'fork',
    title: 'fork from its template, or make it one',
    short: 'fork',
    group: 'vm',
    keys: ['f'],
    screens,
    when: someVm,
    run: (app) => forOneVm(app, (vm) => (vm.template === undefined ? freeze(app, vm) : fork(app, vm.template.name))),
  },
];

function fork(app: App, template: string): void {
  ask(app, `Fork of ${template}`, 'name of the new VM', freeName(app, template), (typed) => {
    const name = typed.trim();
    if (name === '') return 'a name is needed';
    app.tasks.start({
      title: `fork ${template} as ${name}`,
      run: async (call) => {
        const [answer] = await app.host.engine.templates.fork(template, { names: [name] }, call);
        return answer === undefined ? undefined : answerLine(answer);
      },
    });
    return undefined;
  });
}

/** A VM that was booted: it is frozen as a template, goes on as its first fork, and then it can be forked. */
function freeze(app: App, vm: VmSnapshot): void {
  const hint = 'name of the template; the VM goes on as its first fork';
  ask(app, `${vm.name} was not forked: freeze it as a template first?`, hint, vm.name, (typed) => {
    const name = typed.trim();
    if (name === '') return 'a name is needed';
    app.tasks.start({
      title: `freeze ${vm.name} as template ${name}`,
      run: async (call) => {
        await app.host.engine.templates.create({ name, source: { kind: 'vm', vm: vm.name } }, call);
        app.feeds.refreshFleet();
        return `template ${name}: f forks it now`;
      },
    });
    return undefined;
  });
}

/** PREFIX-1, PREFIX-2 …, the first that nobody has. */
function freeName(app: App, prefix: string): string {
  const taken = new Set(app.store.get().world.vms.value?.map((vm) => vm.name));
  for (let number = 1; ; number += 1) if (!taken.has(`${prefix}-${number}`)) return `${prefix}-${number}`;
}
