import { render } from 'ink';
import type { Progress } from '../core/engine.ts';
import { emptyProgress, type ProgressState, reduceProgress } from '../core/view/progress-state.ts';
import { ProgressView } from './progress-view.tsx';

export interface ProgressScreen {
  readonly report: (progress: Progress) => void;
  /** Draws the last frame and gives the terminal back. */
  readonly end: () => Promise<void>;
}

const redrawMs = 250;

/** Draws on the given stream (standard error, so that results on standard output stay clean) and reads no keys. */
export function openProgressScreen(options: {
  readonly stream: NodeJS.WritableStream & { readonly columns?: number };
  readonly now: () => number;
  readonly color: boolean;
}): ProgressScreen {
  let state: ProgressState = emptyProgress;
  let ended = false;
  const view = () => (
    <ProgressView
      state={state}
      now={options.now()}
      columns={options.stream.columns ?? 80}
      color={options.color}
      ended={ended}
    />
  );
  const app = render(view(), {
    stdout: options.stream as NodeJS.WriteStream,
    exitOnCtrlC: false,
    patchConsole: false,
  });
  const timer = setInterval(() => app.rerender(view()), redrawMs);
  return {
    report: (progress) => {
      state = reduceProgress(state, progress, options.now());
      if (progress.kind !== 'console' && progress.kind !== 'bytes' && progress.kind !== 'waiting') app.rerender(view());
    },
    end: async () => {
      clearInterval(timer);
      ended = true;
      app.rerender(view());
      app.unmount();
      await app.waitUntilExit();
    },
  };
}
