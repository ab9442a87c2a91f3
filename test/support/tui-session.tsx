import { renderToString } from 'ink';
import type { Engine } from '../../src/core/engine.ts';
import type { App } from '../../src/tui/app.ts';
import { handleKey } from '../../src/tui/keys/handle-key.ts';
import { AppContext } from '../../src/tui/parts/app-context.ts';
import { Root } from '../../src/tui/root.tsx';
import { type AppState, firstState, withWorld } from '../../src/tui/state/app-state.ts';
import { createStore } from '../../src/tui/state/store.ts';
import { createTasks, isRunning } from '../../src/tui/state/tasks.ts';
import { asciiGlyphs, unicodeGlyphs } from '../../src/tui/terminal/glyphs.ts';
import { themes } from '../../src/tui/terminal/theme.ts';
import type { TuiHost } from '../../src/tui/tui-host.ts';
import { fakeEngine } from './fake-engine.ts';
import { bootStart } from './snapshots.ts';

export interface SessionOptions {
  readonly engine?: Partial<Engine>;
  readonly host?: Partial<TuiHost>;
  readonly world?: Partial<AppState['world']>;
  readonly columns?: number;
  readonly rows?: number;
  readonly ascii?: boolean;
  readonly now?: () => number;
}

const named: Readonly<Record<string, string>> = { space: ' ' };

/** The screens over an engine that knows only what the test gives it; keys go in, frames come out. */
export function tuiSession(options: SessionOptions = {}) {
  const now = options.now ?? (() => bootStart + 60_000);
  const store = createStore(
    withWorld(firstState({ columns: options.columns ?? 100, rows: options.rows ?? 30 }, now()), options.world ?? {}),
  );
  const told: string[] = [];
  let requests = 0;
  const newRequestId = () => {
    requests += 1;
    return `request-${requests}`;
  };
  const written: string[] = [];
  const host = {
    engine: fakeEngine(options.engine ?? {}),
    config: () => Promise.reject(new Error('no configuration was expected')),
    imageOffers: async () => [],
    terminal: { stdin: {}, stdout: { write: (text: string) => written.push(text) } },
    env: {},
    look: { color: false, ascii: false },
    signal: new AbortController().signal,
    now,
    newRequestId,
    ...options.host,
  } as unknown as TuiHost;
  const app: App = {
    host,
    store,
    tasks: createTasks({
      now,
      newRequestId,
      update: (change) =>
        store.set((state) => withWorld({ ...state, now: now() }, { tasks: change(state.world.tasks) })),
    }),
    glyphs: options.ascii === true ? asciiGlyphs : unicodeGlyphs,
    theme: themes.none,
    feeds: {
      refreshFleet: () => told.push('refresh fleet'),
      attend: () => undefined,
      refresh: (what) => told.push(`refresh ${what}`),
      follow: (vm) => told.push(`follow ${vm}`),
      refreshMetrics: () => told.push('refresh metrics'),
      refreshSnapshots: () => told.push('refresh snapshots'),
      showLog: (source) => told.push(`show log of ${source}`),
    },
    quit: () => told.push('quit'),
    isEnding: () => told.includes('quit'),
    suspend: () => told.push('suspend'),
    withTerminal: async (title, work) => {
      told.push(`${title}: ${await work()}`);
    },
  };
  return {
    app,
    store,
    /** What was asked of feeds and terminal, in order. */
    told,
    /** What went straight to the terminal. */
    written,
    press: (...keys: readonly string[]) => {
      for (const key of keys) handleKey(app, key, [...key].length === 1 ? key : (named[key] ?? ''));
    },
    type: (text: string) => {
      for (const char of text) handleKey(app, char === ' ' ? 'space' : char, char);
    },
    frame: () =>
      renderToString(
        <AppContext.Provider value={app}>
          <Root />
        </AppContext.Provider>,
        { columns: store.get().size.columns },
      ),
    /** Until nothing runs any more. */
    settled: async () => {
      while (store.get().world.tasks.some(isRunning)) await new Promise((resolve) => setTimeout(resolve, 1));
      return store.get().world.tasks;
    },
  };
}

export const loaded = <T,>(value: T) => ({ loading: false, value });
