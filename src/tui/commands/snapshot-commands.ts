import { snapshotText } from '../../core/view/snapshot-text.ts';
import type { VmSnapshot } from '../../core/vm/vm-snapshot.ts';
import type { App } from '../app.ts';
import { ask } from './ask.ts';
import { answerLine, forOneVm, vmScreens as screens, someVm } from './for-vms.ts';
import type { UiCommand } from './ui-command.ts';

export const snapshotCommands: readonly UiCommand[] = [
  {
    ...{ id: 'snapshot', title: 'take a snapshot', group: 'vm', keys: ['p'], screens, when: someVm },
    run: (app) => forOneVm(app, (vm) => takeSnapshot(app, vm)),
  },
  {
    ...{ id: 'snapshot-restore', title: 'go back to a snapshot', group: 'vm', keys: ['u'], screens, when: someVm },
    run: (app) =>
      forOneVm(app, (vm) =>
        chooseSnapshot(app, vm, `Go back to which snapshot? What ${vm.name} is now is lost`, (name) =>
          restore(app, vm, name),
        ),
      ),
  },
  {
    ...{ id: 'snapshot-delete', title: 'delete a snapshot', group: 'vm', keys: ['U'], screens, when: someVm },
    run: (app) =>
      forOneVm(app, (vm) =>
        chooseSnapshot(app, vm, `Delete which snapshot of ${vm.name}?`, (name) => deleteSnapshot(app, vm, name)),
      ),
  },
];

function takeSnapshot(app: App, vm: VmSnapshot): void {
  ask(app, `Snapshot of ${vm.name}`, 'name of the snapshot', 'before', (typed) => {
    const name = typed.trim();
    if (name === '') return 'a name is needed';
    app.tasks.start({
      title: `snapshot ${name} of ${vm.name}`,
      run: async (call) => {
        const made = await app.host.engine.snapshots.create(vm.name, name, call);
        app.feeds.refreshSnapshots();
        return `snapshot ${made.name}${made.memory ? ', with memory' : ', disk only'}`;
      },
    });
    return undefined;
  });
}

/** A task finds them, since that may wait for the disk; the choice opens when they are there. */
function chooseSnapshot(app: App, vm: VmSnapshot, title: string, chosen: (snapshot: string) => void): void {
  app.tasks.start({
    title: `look for snapshots of ${vm.name}`,
    run: async () => {
      const found = await app.host.engine.snapshots.list(vm.name);
      if (found.length === 0) return `${vm.name} has no snapshot; p takes one`;
      const items = found.map((one) => ({ text: snapshotText(one), choose: () => chosen(one.name) }));
      app.store.set((state) => ({ ...state, overlay: { kind: 'choice', title, items, at: 0 } }));
      return `${found.length} found`;
    },
  });
}

function restore(app: App, vm: VmSnapshot, snapshot: string): void {
  app.tasks.start({
    title: `restore ${snapshot} of ${vm.name}`,
    run: async (call) =>
      answerLine(await app.host.engine.snapshots.restore(vm.name, snapshot, { restart: true }, call)),
  });
}

function deleteSnapshot(app: App, vm: VmSnapshot, snapshot: string): void {
  app.tasks.start({
    title: `delete ${snapshot} of ${vm.name}`,
    run: async (call) => {
      await app.host.engine.snapshots.delete(vm.name, snapshot, call);
      app.feeds.refreshSnapshots();
      return undefined;
    },
  });
}
