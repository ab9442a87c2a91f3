import type { ImageFacts } from '../../core/image-operations.ts';
import { cleanUpText } from '../../core/view/removal-text.ts';
import type { App } from '../app.ts';
import { imageRows } from '../screens/image-rows.ts';
import type { AppState } from '../state/app-state.ts';
import { arrange, cursorRow } from '../state/list-state.ts';
import type { UiCommand } from './ui-command.ts';

const screens = ['images'] as const;

function targetImage({ world, lists }: AppState): ImageFacts | undefined {
  return cursorRow(arrange(imageRows(world.images.value ?? []), lists.images), lists.images)?.image;
}

const some = (state: AppState): boolean => targetImage(state) !== undefined;

function withImage(app: App, act: (image: ImageFacts) => void): void {
  const image = targetImage(app.store.get());
  if (image !== undefined) act(image);
}

export const imageCommands: readonly UiCommand[] = [
  {
    id: 'image-pull',
    title: 'pull or build the image',
    short: 'pull',
    group: 'view',
    keys: ['p', 'enter'],
    screens,
    when: some,
    run: (app) =>
      withImage(app, ({ id, arch }) => {
        app.tasks.start({
          title: `pull ${id} for ${arch}`,
          run: async (call) => {
            const result = await app.host.engine.images.pull({ id, arch, force: false }, call);
            app.feeds.refresh('images');
            return `${id}: ${result.source}, trust: ${result.level}`;
          },
        });
      }),
  },
  {
    id: 'image-verify',
    title: 'verify the image in the cache',
    short: 'verify',
    group: 'view',
    keys: ['v'],
    screens,
    when: (state) => targetImage(state)?.cached !== undefined,
    run: (app) =>
      withImage(app, ({ id, arch }) => {
        app.tasks.start({
          title: `verify ${id} for ${arch}`,
          run: async (call) => {
            const [found] = await app.host.engine.images.verify({ image: { id, arch } }, call);
            app.feeds.refresh('images');
            return found === undefined
              ? `${id} is not in the cache`
              : `${id}: bytes ${found.bytes}, signature ${found.signature}, trust: ${found.level}`;
          },
        });
      }),
  },
  {
    id: 'image-update',
    title: 'look for a newer release of the image',
    short: 'update',
    group: 'view',
    keys: ['u'],
    screens,
    when: (state) => targetImage(state)?.kind === 'vendor',
    run: (app) =>
      withImage(app, ({ id, arch }) => {
        app.tasks.start({
          title: `update ${id}`,
          run: async (call) => {
            const request = { image: { id, arch }, check: false, allowDowngrade: false };
            const { images } = await app.host.engine.images.update(request, call);
            app.feeds.refresh('images');
            return images.map((image) => `${image.id}: ${image.outcome}`).join(', ');
          },
        });
      }),
  },
  {
    id: 'image-prune',
    title: 'remove images that no VM uses',
    short: 'prune',
    group: 'view',
    keys: ['P'],
    screens,
    run: (app) => {
      app.tasks.start({
        title: 'look for images that no VM uses',
        run: async (call) => {
          const removals = await app.host.engine.images.prune({ dryRun: true }, call);
          if (removals.length === 0) return 'no image can go';
          const lines = cleanUpText(removals, true).trimEnd().split('\n').slice(1);
          const yes = (): void => {
            app.tasks.start({
              title: 'prune images',
              run: async (work) => {
                const removed = await app.host.engine.images.prune({ dryRun: false }, work);
                app.feeds.refresh('images');
                return `${removed.length} things removed`;
              },
            });
          };
          const question = `Remove ${removals.length} things from the cache?`;
          app.store.set((state) => ({ ...state, overlay: { kind: 'confirm', question, lines, yes } }));
          return undefined;
        },
      });
    },
  },
];
