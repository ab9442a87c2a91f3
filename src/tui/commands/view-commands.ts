import type { App } from '../app.ts';
import { vmPage } from '../screens/vm-page.ts';
import type { AppState, VmTab } from '../state/app-state.ts';
import { type LineView, scrolled, searched } from '../state/line-view.ts';
import { ask } from './ask.ts';
import type { UiCommand } from './ui-command.ts';

const screens = ['vm'] as const;
const lineTabs: readonly VmTab[] = ['console', 'logs'];
const hasLines = ({ tab }: AppState): boolean => lineTabs.includes(tab);

/** Lines of the window, without the frame. */
const lineRoom = ({ size }: Pick<AppState, 'size'>): number => Math.max(3, size.rows - 8);

function changeLines(app: App, change: (view: LineView, room: number) => LineView): void {
  app.store.set((state) => {
    const { detail } = state.world;
    if (detail === undefined || (state.tab !== 'console' && state.tab !== 'logs')) return state;
    const view = change(detail[state.tab], lineRoom(state));
    return { ...state, world: { ...state.world, detail: { ...detail, [state.tab]: view } } };
  });
}

/** Back is towards older lines, or the top of a page. */
const scroll = (by: (room: number) => number) => (app: App) => {
  const state = app.store.get();
  if (hasLines(state)) return changeLines(app, (view, room) => scrolled(view, by(room), room));
  const room = lineRoom(state);
  const most = Math.max(0, vmPage(state, app.glyphs).length - room);
  const top = Math.max(0, Math.min(most, Math.min(most, state.top) - by(room)));
  return app.store.set((now) => ({ ...now, top }));
};

const find = (direction: 1 | -1) => (app: App) => changeLines(app, (view, room) => searched(view, direction, room - 1));

const keyOnly = true;

export const viewCommands: readonly UiCommand[] = [
  { id: 'line-up', title: 'one line back', group: 'move', keys: ['up', 'k'], screens, keyOnly, run: scroll(() => 1) },
  {
    id: 'line-down',
    title: 'one line on',
    group: 'move',
    keys: ['down', 'j'],
    screens,
    keyOnly,
    run: scroll(() => -1),
  },
  {
    id: 'lines-up',
    title: 'one page back',
    group: 'move',
    keys: ['pageup', 'ctrl+b'],
    screens,
    keyOnly,
    run: scroll((room) => room - 1),
  },
  {
    id: 'lines-down',
    title: 'one page on',
    group: 'move',
    keys: ['pagedown', 'ctrl+f'],
    screens,
    keyOnly,
    run: scroll((room) => 1 - room),
  },
  {
    id: 'lines-first',
    title: 'the oldest line that is held',
    group: 'move',
    keys: ['g', 'home'],
    screens,
    keyOnly,
    run: scroll(() => Number.POSITIVE_INFINITY),
  },
  {
    id: 'lines-last',
    title: 'the newest line, and follow',
    group: 'move',
    keys: ['G', 'end'],
    screens,
    keyOnly,
    run: scroll(() => Number.NEGATIVE_INFINITY),
  },
  {
    id: 'search',
    title: 'search these lines',
    short: 'search',
    group: 'view',
    keys: ['/'],
    screens,
    when: hasLines,
    run: (app) =>
      ask(app, 'Search', 'the newest line with this text, whatever its case; N and P go on', '', (text) => {
        changeLines(app, ({ found: _, ...view }, room) => searched({ ...view, search: text }, 1, room - 1));
        return undefined;
      }),
  },
  {
    id: 'next-found',
    title: 'the next older line that was searched',
    group: 'view',
    keys: ['N'],
    screens,
    keyOnly,
    when: hasLines,
    run: find(1),
  },
  {
    id: 'former-found',
    title: 'the next newer line that was searched',
    group: 'view',
    keys: ['P'],
    screens,
    keyOnly,
    when: hasLines,
    run: find(-1),
  },
  {
    id: 'log-source',
    title: 'log of QEMU, or of cloud-init in the guest',
    short: 'other log',
    group: 'view',
    keys: ['c'],
    screens,
    when: ({ tab }) => tab === 'logs',
    run: (app) => app.feeds.showLog(app.store.get().world.detail?.logSource === 'qemu' ? 'cloud-init' : 'qemu'),
  },
  {
    id: 'ask-again',
    title: 'ask again',
    short: 'ask again',
    group: 'view',
    keys: ['r'],
    screens: ['vm', 'fleet', 'images', 'templates', 'doctor'],
    run: (app) => {
      const { screen, tab } = app.store.get();
      const { logSource } = app.store.get().world.detail ?? {};
      if (screen === 'vm' && tab === 'metrics') app.feeds.refreshMetrics();
      else if (screen === 'vm' && tab === 'logs' && logSource === 'cloud-init') app.feeds.showLog(logSource);
      else if (screen === 'vm' || screen === 'fleet') app.feeds.refreshFleet();
      else app.feeds.refresh(screen);
    },
  },
];
