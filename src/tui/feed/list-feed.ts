import type { Engine } from '../../core/engine.ts';
import type { AppState } from '../state/app-state.ts';
import { asked, type Loaded } from '../state/loaded.ts';
import type { Store } from '../state/store.ts';
import { failureOf } from '../state/tasks.ts';

type Fetched = 'images' | 'templates' | 'pools' | 'doctor';

interface ListFeedDeps {
  readonly engine: Pick<Engine, 'images' | 'templates' | 'pools' | 'doctor'>;
  readonly store: Store<AppState>;
  readonly signal: AbortSignal;
  readonly newRequestId: () => string;
  readonly now: () => number;
}

/** Fetches what changes seldom, when it is asked for; the last answer stays on the screen meanwhile. */
export function openListFeed({ engine, store, signal, newRequestId, now }: ListFeedDeps) {
  const load = async (key: Fetched, fetch: () => Promise<unknown>): Promise<void> => {
    const change = (patch: (before: Loaded<unknown>) => Loaded<unknown>): void =>
      store.gather((state) => ({ ...state, world: { ...state.world, [key]: patch(state.world[key]) } }));
    change(asked);
    try {
      const value = await fetch();
      change(() => ({ loading: false, value, at: now() }));
    } catch (error) {
      change((before) => ({ ...before, loading: false, failure: failureOf(error), at: now() }));
    }
  };
  const call = () => ({ requestId: newRequestId(), signal, report: () => undefined });
  return {
    refresh(what: 'images' | 'templates' | 'doctor'): void {
      if (what === 'images') void load('images', () => engine.images.list(call()));
      else if (what === 'doctor') {
        const refresh = store.get().world.doctor.value !== undefined;
        void load('doctor', () => engine.doctor({ refresh }, call()));
      } else {
        void load('templates', () => engine.templates.list());
        void load('pools', () => engine.pools.list());
      }
    },
  };
}
