import { formatBytes } from '../../core/units/size.ts';
import type { VmSnapshot } from '../../core/vm/vm-snapshot.ts';
import type { App } from '../app.ts';
import type { AppState } from '../state/app-state.ts';
import { answerLine, anyVmIs, forEachVm, vmScreens as screens, someVm } from './for-vms.ts';
import { targetVms } from './targets.ts';
import type { UiCommand } from './ui-command.ts';

const group = 'vm';
const resting = ['stopped', 'failed', 'suspended'] as const;
const alive = ['starting', 'booting', 'restoring', 'ready', 'paused'] as const;
const running = ['ready', 'paused'] as const;

export const vmCommands: readonly UiCommand[] = [
  {
    ...{ id: 'start', title: 'start', short: 'start', group, keys: ['s'], screens },
    when: anyVmIs(...resting),
    run: (app) =>
      forEachVm(
        app,
        'start',
        resting,
        (vm) => async (call) => answerLine(await app.host.engine.start(vm.name, { wait: true }, call)),
      ),
  },
  {
    ...{ id: 'stop', title: 'stop', short: 'stop', group, keys: ['S'], screens },
    when: anyVmIs(...alive),
    run: (app) =>
      forEachVm(
        app,
        'stop',
        alive,
        (vm) => async (call) => answerLine(await app.host.engine.stop(vm.name, { force: false }, call)),
      ),
  },
  {
    ...{ id: 'restart', title: 'restart', group, keys: ['R'], screens },
    when: anyVmIs('booting', ...running),
    run: (app) =>
      forEachVm(
        app,
        'restart',
        ['booting', ...running],
        (vm) => async (call) =>
          answerLine(await app.host.engine.restart(vm.name, { wait: true, force: vm.difference !== undefined }, call)),
      ),
  },
  {
    ...{ id: 'pause', title: 'pause, or resume', group, keys: ['z'], screens },
    when: anyVmIs(...running),
    run: (app) =>
      forEachVm(app, 'pause or resume', running, (vm) => async (call) => {
        const { suspension } = app.host.engine;
        return answerLine(await (vm.state === 'paused' ? suspension.resume : suspension.pause)(vm.name, call));
      }),
  },
  {
    ...{ id: 'suspend-vm', title: 'suspend to disk', group, keys: ['Z'], screens },
    when: anyVmIs(...running),
    run: (app) =>
      forEachVm(
        app,
        'suspend',
        running,
        (vm) => async (call) => answerLine(await app.host.engine.suspension.suspend(vm.name, call)),
      ),
  },
  {
    ...{ id: 'destroy', title: 'destroy', short: 'destroy', group, keys: ['D'], screens },
    when: someVm,
    run: (app) => confirmDestroying(app, targetVms(app.store.get())),
  },
];

function confirmDestroying(app: App, vms: readonly VmSnapshot[]): void {
  const question = vms.length === 1 ? `Destroy ${vms[0]?.name}?` : `Destroy ${vms.length} VMs?`;
  const lines = vms.map((vm) => `${vm.name}: ${vm.summary}, ${formatBytes(vm.diskUsageBytes)} on disk`);
  const yes = (): void => {
    for (const { name } of vms)
      app.tasks.start({
        title: `destroy ${name}`,
        run: async (call) => {
          const removals = await app.host.engine.destroy(name, { dryRun: false }, call);
          app.feeds.refreshFleet();
          return `${name} is gone, ${removals.length} things removed`;
        },
      });
    app.feeds.follow(undefined);
    app.store.set((state) => ({ ...withoutSelection(state), screen: 'fleet' }));
  };
  app.store.set((state) => ({ ...state, overlay: { kind: 'confirm', question, lines, yes } }));
}

function withoutSelection(state: AppState): AppState {
  return { ...state, lists: { ...state.lists, fleet: { ...state.lists.fleet, selected: new Set() } } };
}
