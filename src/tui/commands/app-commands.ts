import { cleanUpText } from '../../core/view/removal-text.ts';
import type { App } from '../app.ts';
import { createForm } from '../overlays/create-form.ts';
import { type AppState, type ScreenName, vmTabs } from '../state/app-state.ts';
import { isRunning } from '../state/tasks.ts';
import { textInput } from '../state/text-input.ts';
import { targetVm } from './targets.ts';
import type { UiCommand } from './ui-command.ts';

function goTo(app: App, screen: Exclude<ScreenName, 'vm'>): void {
  app.feeds.follow(undefined);
  app.store.set((state) => ({ ...withoutVm(state), screen, filtering: false }));
  if (screen === 'fleet') app.feeds.refreshFleet();
  else if (app.store.get().world[screen].value === undefined) app.feeds.refresh(screen);
}

function withoutVm({ vm: _, ...state }: AppState): AppState {
  return state;
}

const turnTab =
  (by: 1 | -1) =>
  (app: App): void =>
    app.store.set((state) => ({
      ...state,
      top: 0,
      tab: vmTabs[(vmTabs.indexOf(state.tab) + by + vmTabs.length) % vmTabs.length] ?? 'boot',
    }));

export const appCommands: readonly UiCommand[] = [
  {
    id: 'open',
    title: 'open the VM',
    short: 'open',
    group: 'vm',
    keys: ['enter', 'right'],
    screens: ['fleet'],
    when: (state) => targetVm(state) !== undefined,
    run: (app) => {
      const vm = targetVm(app.store.get());
      if (vm === undefined) return;
      app.store.set((state) => ({
        ...state,
        screen: 'vm',
        vm: vm.id,
        top: 0,
        tab: vm.state === 'failed' || vm.difference !== undefined ? 'failure' : 'boot',
      }));
      app.feeds.follow(vm.id);
    },
  },
  {
    id: 'back',
    title: 'back to all VMs',
    short: 'back',
    group: 'view',
    keys: ['esc', 'backspace'],
    screens: ['vm', 'images', 'templates', 'doctor'],
    run: (app) => goTo(app, 'fleet'),
  },
  {
    id: 'next-tab',
    title: 'next part',
    short: 'next part',
    group: 'view',
    keys: ['tab', 'right', 'l'],
    screens: ['vm'],
    run: turnTab(1),
  },
  {
    id: 'former-tab',
    title: 'former part',
    group: 'view',
    keys: ['shift+tab', 'left', 'h'],
    screens: ['vm'],
    run: turnTab(-1),
  },
  {
    id: 'create',
    title: 'create a VM',
    short: 'create',
    group: 'app',
    keys: ['n'],
    run: (app) => void openCreateForm(app),
  },
  { id: 'fleet', title: 'all VMs', group: 'app', keys: ['1'], run: (app) => goTo(app, 'fleet') },
  { id: 'images', title: 'images', group: 'app', keys: ['2'], run: (app) => goTo(app, 'images') },
  { id: 'templates', title: 'templates and pools', group: 'app', keys: ['3'], run: (app) => goTo(app, 'templates') },
  { id: 'doctor', title: 'doctor', group: 'app', keys: ['4'], run: (app) => goTo(app, 'doctor') },
  {
    id: 'gc',
    title: 'clean up what nothing uses',
    group: 'app',
    keys: ['C'],
    run: (app) => collect(app),
  },
  {
    id: 'tasks',
    title: 'what runs and what became of it',
    short: 'tasks',
    group: 'app',
    keys: ['t'],
    when: (state) => state.world.tasks.length > 0,
    run: (app) =>
      app.store.set((state) => ({ ...state, overlay: { kind: 'tasks', at: state.world.tasks.length - 1 } })),
  },
  {
    id: 'cancel',
    title: 'cancel the newest task',
    group: 'app',
    keys: ['ctrl+x'],
    when: (state) => state.world.tasks.some(isRunning),
    run: (app) => {
      const newest = app.store.get().world.tasks.findLast(isRunning);
      if (newest !== undefined) app.tasks.cancel(newest.id);
    },
  },
  {
    id: 'palette',
    title: 'every command, by name',
    short: 'commands',
    group: 'app',
    keys: [':', 'ctrl+p'],
    keyOnly: true,
    run: (app) => app.store.set((state) => ({ ...state, overlay: { kind: 'palette', query: textInput(), at: 0 } })),
  },
  {
    id: 'help',
    title: 'this help',
    short: 'help',
    group: 'app',
    keys: ['?'],
    run: (app) => app.store.set((state) => ({ ...state, overlay: { kind: 'help', top: 0 } })),
  },
  {
    id: 'background',
    title: 'to the background (fg comes back)',
    group: 'app',
    keys: ['ctrl+z'],
    run: (app) => app.suspend(),
  },
  {
    id: 'quit',
    title: 'quit; VMs run on',
    short: 'quit',
    group: 'app',
    keys: ['q', 'ctrl+c'],
    run: (app) => leave(app),
  },
];

async function openCreateForm(app: App): Promise<void> {
  const taken = new Set(app.store.get().world.vms.value?.map((vm) => vm.name));
  let number = 1;
  while (taken.has(`vm-${number}`)) number += 1;
  const open = (images: readonly string[]): void =>
    app.store.set((state) => ({ ...state, overlay: { kind: 'create', form: createForm(images, `vm-${number}`) } }));
  open([]);
  const offers = await app.host.imageOffers().catch(() => []);
  const images = [...new Set(offers.map((offer) => offer.id))];
  app.store.set((state) =>
    state.overlay?.kind === 'create'
      ? { ...state, overlay: { ...state.overlay, form: { ...state.overlay.form, images } } }
      : state,
  );
}

function collect(app: App): void {
  app.tasks.start({
    title: 'look for what nothing uses',
    run: async (call) => {
      const removals = await app.host.engine.gc({ dryRun: true }, call);
      if (removals.length === 0) return 'nothing to clean up';
      const lines = cleanUpText(removals, true).trimEnd().split('\n').slice(1);
      const yes = (): void => {
        app.tasks.start({
          title: 'clean up',
          run: async (work) => {
            const removed = await app.host.engine.gc({ dryRun: false }, work);
            app.feeds.refreshFleet();
            return `${removed.length} things removed`;
          },
        });
      };
      const question = `Remove ${removals.length} things?`;
      app.store.set((state) => ({ ...state, overlay: { kind: 'confirm', question, lines, yes } }));
      return `${removals.length} things nobody uses`;
    },
  });
}

/** What runs is named first: ending it half-way is a person's decision. */
function leave(app: App): void {
  const running = app.store.get().world.tasks.filter(isRunning);
  if (running.length === 0) {
    app.quit();
    return;
  }
  const question = running.length === 1 ? 'Cancel it and quit?' : `Cancel ${running.length} tasks and quit?`;
  const lines = running.map((task) => task.title);
  app.store.set((state) => ({ ...state, overlay: { kind: 'confirm', question, lines, yes: app.quit } }));
}
