import type { App } from '../app.ts';
import { listRows, sortsOf } from '../screens/list-rows.ts';
import { type AppState, type ListName, shownList } from '../state/app-state.ts';
import { cursorRow, type ListState, moveCursor, toggleSelected } from '../state/list-state.ts';
import type { UiCommand } from './ui-command.ts';

const screens = ['fleet', 'images', 'templates', 'doctor'] as const;

function change(app: App, patch: (list: ListState, name: ListName, state: AppState) => ListState): void {
  app.store.set((state) => {
    const name = shownList(state);
    if (name === undefined) return state;
    const list = patch(state.lists[name], name, state);
    return list === state.lists[name] ? state : { ...state, lists: { ...state.lists, [name]: list } };
  });
}

const move = (by: number | 'first' | 'last') => (app: App) =>
  change(app, (list, name, state) => moveCursor(listRows(state, name), list, by));

/** About the rows that are seen without the frame. */
const page = (app: App): number => Math.max(1, app.store.get().size.rows - 8);

export const listCommands: readonly UiCommand[] = [
  { id: 'down', title: 'one row down', group: 'move', keys: ['down', 'j'], screens, keyOnly: true, run: move(1) },
  { id: 'up', title: 'one row up', group: 'move', keys: ['up', 'k'], screens, keyOnly: true, run: move(-1) },
  { id: 'first', title: 'first row', group: 'move', keys: ['g', 'home'], screens, keyOnly: true, run: move('first') },
  { id: 'last', title: 'last row', group: 'move', keys: ['G', 'end'], screens, keyOnly: true, run: move('last') },
  {
    id: 'page-down',
    title: 'one page down',
    group: 'move',
    keys: ['pagedown', 'ctrl+f'],
    screens,
    keyOnly: true,
    run: (app) => move(page(app))(app),
  },
  {
    id: 'page-up',
    title: 'one page up',
    group: 'move',
    keys: ['pageup', 'ctrl+b'],
    screens,
    keyOnly: true,
    run: (app) => move(-page(app))(app),
  },
  {
    id: 'filter',
    title: 'filter the list',
    short: 'filter',
    group: 'view',
    keys: ['/'],
    screens,
    run: (app) => app.store.set((state) => ({ ...state, filtering: true })),
  },
  {
    id: 'clear-filter',
    title: 'show all rows again',
    group: 'view',
    keys: ['esc'],
    screens,
    keyOnly: true,
    when: (state) => {
      const name = shownList(state);
      return name !== undefined && (state.lists[name].filter !== '' || state.lists[name].selected.size > 0);
    },
    run: (app) => change(app, (list) => ({ ...list, filter: '', selected: new Set() })),
  },
  {
    id: 'sort',
    title: 'sort by the next column',
    short: 'sort',
    group: 'view',
    keys: ['o'],
    screens,
    run: (app) =>
      change(app, (list, name) => {
        const sorts = sortsOf(name);
        return { ...list, sort: sorts[(sorts.indexOf(list.sort) + 1) % sorts.length] ?? list.sort };
      }),
  },
  {
    id: 'reverse',
    title: 'sort the other way round',
    group: 'view',
    keys: ['O'],
    screens,
    run: (app) => change(app, (list) => ({ ...list, descending: !list.descending })),
  },
  {
    id: 'select',
    title: 'select this row, or not',
    group: 'view',
    keys: ['space'],
    screens: ['fleet'],
    run: (app) =>
      change(app, (list, name, state) => {
        const rows = listRows(state, name);
        const row = cursorRow(rows, list);
        return row === undefined ? list : moveCursor(rows, toggleSelected({ ...list, cursor: row.key }, row.key), 1);
      }),
  },
  {
    id: 'select-all',
    title: 'select every row that is shown, or none',
    group: 'view',
    keys: ['a'],
    screens: ['fleet'],
    run: (app) =>
      change(app, (list, name, state) => {
        const keys = listRows(state, name).map((row) => row.key);
        return { ...list, selected: new Set(keys.every((key) => list.selected.has(key)) ? [] : keys) };
      }),
  },
];
