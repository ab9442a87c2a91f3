import { createContext, useContext, useSyncExternalStore } from 'react';
import type { App } from '../app.ts';
import type { AppState } from '../state/app-state.ts';
import type { Glyphs } from '../terminal/glyphs.ts';
import type { Theme } from '../terminal/theme.ts';

/** What parts need in order to draw; acting is the key handler's. */
export interface Drawing {
  readonly state: AppState;
  readonly glyphs: Glyphs;
  readonly theme: Theme;
}

export const AppContext = createContext<App | undefined>(undefined);

export function useApp(): App {
  const app = useContext(AppContext);
  if (app === undefined) throw new Error('drawn outside of a session');
  return app;
}

export function useDrawing(): Drawing {
  const { store, glyphs, theme } = useApp();
  return { state: useSyncExternalStore(store.subscribe, store.get), glyphs, theme };
}
