/**
 * One session on a terminal, from the first frame to the terminal given back.
 *
 *   drawing ──(ssh, exec, console; Ctrl-Z)──→ away ──→ drawing        state lives in the store, so nothing is lost
 *      └──(q, signal, crash)──→ ended: tasks are cancelled and waited for, then the terminal is as it was before
 *
 * The terminal is given back on every way out, also by the process itself when it ends without coming by here.
 */
import { setMaxListeners } from 'node:events';
import { render } from 'ink';
import { themeNames } from '../core/view/theme-names.ts';
import type { App } from './app.ts';
import { openDetailFeed } from './feed/detail-feed.ts';
import { openFleetFeed } from './feed/fleet-feed.ts';
import { openListFeed } from './feed/list-feed.ts';
import { AppContext } from './parts/app-context.ts';
import { endShownMs } from './parts/task-strip.tsx';
import { Root } from './root.tsx';
import { type AppState, firstState, withWorld } from './state/app-state.ts';
import { createStore } from './state/store.ts';
import { createTasks, failureOf, isRunning } from './state/tasks.ts';
import { frameStream } from './terminal/frame-stream.ts';
import { createFullScreen } from './terminal/full-screen.ts';
import { asciiGlyphs, canUnicode, unicodeGlyphs } from './terminal/glyphs.ts';
import { createPainter } from './terminal/painter.ts';
import { chooseTheme, themes } from './terminal/theme.ts';
import type { TuiHost } from './tui-host.ts';

/** Ends when the person quits or a signal came. */
export async function openTui(host: TuiHost): Promise<void> {
  const { stdin, stdout } = host.terminal;
  const sizeNow = (): AppState['size'] => ({ columns: stdout.columns ?? 80, rows: stdout.rows ?? 24 });
  const store = createStore(firstState(sizeNow(), host.now()));
  const ending = new AbortController();
  const signal = AbortSignal.any([host.signal, ending.signal]);
  // Every task and every feed listens to it.
  setMaxListeners(0, signal);
  const screen = createFullScreen(stdin, stdout);
  let letNoiseOut: (() => void) | undefined;
  const leaveScreen = (): void => {
    screen.leave();
    letNoiseOut?.();
    letNoiseOut = undefined;
  };
  const tasks = createTasks({
    now: host.now,
    newRequestId: host.newRequestId,
    update: (change, urgent) => {
      const apply = (state: AppState): AppState =>
        withWorld({ ...state, now: host.now() }, { tasks: change(state.world.tasks) });
      if (urgent) store.set(apply);
      else store.gather(apply);
      keepTime();
    },
  });
  const feedDeps = { engine: host.engine, store, signal, now: host.now, newRequestId: host.newRequestId };
  const fleet = openFleetFeed({ ...feedDeps, requestId: host.newRequestId() });
  const lists = openListFeed(feedDeps);
  const detail = openDetailFeed({ ...feedDeps, lookAt: fleet.lookAt });

  let instance: ReturnType<typeof render> | undefined;
  const painter = createPainter((text) => stdout.write(text));
  const frames = frameStream(sizeNow, painter.paint);
  const draw = (): void => {
    screen.enter();
    letNoiseOut ??= host.job.holdNoise();
    painter.forget();
    store.set((state) => ({ ...state, size: sizeNow() }));
    instance = render(
      <AppContext.Provider value={app}>
        <Root />
      </AppContext.Provider>,
      {
        ...{ stdin, stdout: frames, debug: true, exitOnCtrlC: false, patchConsole: false },
        onRender: ({ renderTime }) => host.onFrame?.(renderTime),
      },
    );
  };
  const putAway = (): void => {
    instance?.unmount();
    instance = undefined;
    leaveScreen();
  };

  const app: App = {
    host,
    store,
    tasks,
    glyphs: !host.look.ascii && canUnicode(host.env) ? unicodeGlyphs : asciiGlyphs,
    theme:
      themes[
        chooseTheme(
          themeNames.find((name) => name === host.look.theme),
          host.look.color,
          host.env,
        )
      ],
    feeds: {
      refreshFleet: fleet.refresh,
      attend: fleet.attend,
      refresh: lists.refresh,
      follow: detail.follow,
      refreshMetrics: detail.refreshMetrics,
      refreshSnapshots: detail.refreshSnapshots,
      showLog: detail.showLog,
    },
    quit: () => ending.abort(),
    isEnding: () => signal.aborted,
    suspend: () => {
      putAway();
      host.job.stopJob();
      draw();
    },
    withTerminal: async (title, work) => {
      putAway();
      let notice: NonNullable<AppState['notice']>;
      try {
        notice = { text: await work(), meaning: 'good' };
      } catch (error) {
        const { code, message } = failureOf(error);
        notice = { text: `${title}: [${code}] ${message}`, meaning: 'bad' };
      }
      // Who had the terminal may have paused its input, which Node carries out only after this turn.
      await new Promise((resolve) => setImmediate(resolve));
      if (signal.aborted) return;
      draw();
      store.set((state) => ({ ...state, notice }));
      fleet.refresh();
    },
  };

  /** While something runs, and until its end has been read, its time and its sign move; else nothing does. */
  let clock: NodeJS.Timeout | undefined;
  function keepTime(): void {
    if (clock !== undefined || signal.aborted || !isMoving(store.get(), host.now())) return;
    clock = setInterval(() => {
      const now = host.now();
      const moving = isMoving(store.get(), now);
      if (!moving) {
        clearInterval(clock);
        clock = undefined;
      }
      store.gather((state) => ({ ...state, now, beat: state.beat + (moving ? 1 : 0) }));
    }, clockMs);
  }
  const watchScreen = store.subscribe(keepTime);

  const resized = (): void => {
    painter.forget();
    frames.emit('resize');
    store.set((state) => ({ ...state, size: sizeNow() }));
  };
  const forgetExit = host.job.atExit(leaveScreen);
  const forgetContinued = host.job.whenContinued(() => {
    if (instance === undefined) return;
    putAway();
    draw();
  });
  const forgetStop = host.job.whenStopAsked(() => (instance === undefined ? host.job.stopJob() : app.suspend()));
  stdout.on('resize', resized);
  draw();
  try {
    await aborted(signal);
    if (store.get().world.tasks.some(isRunning)) await tasks.cancelAll();
  } finally {
    ending.abort();
    await letGoOf(stdin);
    clearInterval(clock);
    watchScreen();
    stdout.off('resize', resized);
    forgetContinued();
    forgetStop();
    putAway();
    forgetExit();
    store.dispose();
    await fleet.ended;
  }
}

const clockMs = 250;

const underWay: readonly string[] = ['starting', 'booting', 'restoring'];

function isMoving({ world, screen }: AppState, now: number): boolean {
  const recent = world.tasks.some((task) => isRunning(task) || now - (task.endedAt ?? 0) < endShownMs + clockMs);
  return recent || (screen === 'vm' && world.vms.value?.some(({ state }) => underWay.includes(state)) === true);
}

/**
 * What is typed from here on is for the shell, not for a process that is about to end. Only a stream that flows lets go
 * of its file when it is paused, and it can flow when it has noticed, a turn later, that nobody listens any more.
 */
async function letGoOf(stdin: NodeJS.ReadStream): Promise<void> {
  stdin.removeAllListeners('readable');
  await new Promise((resolve) => setImmediate(resolve));
  stdin.resume();
  stdin.pause();
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
