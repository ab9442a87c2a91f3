/** One key, to what it does: the overlay that is open has it first, then a filter that is typed, then the table. */
import type { App } from '../app.ts';
import { commandOfKey } from '../commands/all-ui-commands.ts';
import { shownList } from '../state/app-state.ts';
import { editText, textInput } from '../state/text-input.ts';
import { overlayKey } from './overlay-key.ts';

export function handleKey(app: App, key: string, typed: string): void {
  const state = app.store.get();
  if (state.overlay !== undefined) overlayKey(app, state.overlay, key, typed);
  else if (state.filtering) filterKey(app, key, typed);
  else {
    const command = commandOfKey(state, key);
    if (state.notice !== undefined) app.store.set(({ notice: _, ...rest }) => rest);
    command?.run(app);
  }
}

function filterKey(app: App, key: string, typed: string): void {
  const name = shownList(app.store.get());
  if (name === undefined || key === 'enter' || key === 'esc' || key === 'ctrl+c') {
    app.store.set((state) => ({
      ...state,
      filtering: false,
      ...(name === undefined || key === 'enter'
        ? {}
        : { lists: { ...state.lists, [name]: { ...state.lists[name], filter: '' } } }),
    }));
    return;
  }
  const edited = editText(textInput(app.store.get().lists[name].filter), key, typed);
  if (edited === undefined) return;
  app.store.set((state) => ({
    ...state,
    lists: { ...state.lists, [name]: { ...state.lists[name], filter: edited.text } },
  }));
}
