import type { Call, Progress } from '../../core/engine.ts';
import { SysmonvmError } from '../../core/errors/sysmonvm-error.ts';
import { emptyProgress, type ProgressState, reduceProgress } from '../../core/view/progress-state.ts';

/** One thing that a person asked for, from the asking to what became of it. */
export interface Task {
  readonly id: string;
  /** "destroy build" */
  readonly title: string;
  readonly state: 'running' | 'cancelling' | 'done' | 'failed' | 'cancelled';
  readonly startedAt: number;
  readonly endedAt?: number;
  readonly progress: ProgressState;
  /** What the engine answered, in words. */
  readonly result?: string;
  readonly failure?: { readonly code: string; readonly message: string; readonly next: readonly string[] };
}

export interface TaskWork {
  readonly title: string;
  /** What it did, in words, when there is more to say than the title. */
  readonly run: (call: Call) => Promise<string | undefined>;
}

export interface Tasks {
  start(work: TaskWork): { readonly id: string; readonly ended: Promise<Task> };
  cancel(id: string): void;
  /** Every one that runs; resolved when they have all undone what they must. */
  cancelAll(): Promise<void>;
}

interface TasksDeps {
  readonly now: () => number;
  readonly newRequestId: () => string;
  readonly update: (change: (tasks: readonly Task[]) => readonly Task[], urgent: boolean) => void;
}

/** Ended ones that can still be read. */
const endedKept = 20;

export function createTasks({ now, newRequestId, update }: TasksDeps): Tasks {
  const running = new Map<string, { readonly controller: AbortController; readonly ended: Promise<Task> }>();
  const change = (id: string, patch: (task: Task) => Task, urgent: boolean): void =>
    update((tasks) => tasks.map((task) => (task.id === id ? patch(task) : task)), urgent);

  const cancel = (id: string): void => {
    const found = running.get(id);
    if (found === undefined || found.controller.signal.aborted) return;
    change(id, (task) => ({ ...task, state: 'cancelling' }), true);
    found.controller.abort(new SysmonvmError('vm.interrupted', 'cancelled', {}));
  };

  return {
    start({ title, run }) {
      const id = newRequestId();
      const controller = new AbortController();
      let task: Task = { id, title, state: 'running', startedAt: now(), progress: emptyProgress };
      update((tasks) => trimmed([...tasks, task]), true);
      const report = (progress: Progress): void => {
        task = { ...task, progress: reduceProgress(task.progress, progress, now()) };
        change(id, (shown) => ({ ...shown, progress: task.progress }), false);
      };
      const ended = run({ requestId: id, signal: controller.signal, report })
        .then(
          (result): Partial<Task> => ({ state: 'done', ...(result === undefined ? {} : { result }) }),
          (error: unknown): Partial<Task> =>
            controller.signal.aborted ? { state: 'cancelled' } : { state: 'failed', failure: failureOf(error) },
        )
        .then((end) => {
          running.delete(id);
          task = { ...task, ...end, endedAt: now() };
          change(id, () => task, true);
          return task;
        });
      running.set(id, { controller, ended });
      return { id, ended };
    },
    cancel,
    async cancelAll() {
      const all = [...running];
      for (const [id] of all) cancel(id);
      await Promise.all(all.map(([, { ended }]) => ended));
    },
  };
}

function trimmed(tasks: readonly Task[]): readonly Task[] {
  const surplus = tasks.filter((task) => task.endedAt !== undefined).length - endedKept;
  if (surplus <= 0) return tasks;
  const gone = new Set(tasks.filter((task) => task.endedAt !== undefined).slice(0, surplus));
  return tasks.filter((task) => !gone.has(task));
}

export function failureOf(error: unknown): NonNullable<Task['failure']> {
  if (error instanceof SysmonvmError) return { code: error.code, message: error.message, next: error.next };
  return {
    code: 'internal',
    message: error instanceof Error ? (error.stack ?? error.message) : String(error),
    next: [],
  };
}

export const isRunning = (task: Task): boolean => task.endedAt === undefined;
