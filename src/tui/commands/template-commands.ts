import type { App } from '../app.ts';
import { type TemplateRow, templateRows } from '../screens/template-rows.ts';
import type { AppState } from '../state/app-state.ts';
import { arrange, cursorRow } from '../state/list-state.ts';
import { ask } from './ask.ts';
import type { UiCommand } from './ui-command.ts';

const screens = ['templates'] as const;

function targetTemplate({ world, lists }: AppState): TemplateRow | undefined {
  const rows = templateRows(world.templates.value ?? [], world.pools.value ?? []);
  return cursorRow(arrange(rows, lists.templates), lists.templates);
}

const some = (state: AppState): boolean => targetTemplate(state) !== undefined;
const pooled = (state: AppState): boolean => targetTemplate(state)?.pool !== undefined;

function withTemplate(app: App, act: (name: string, row: TemplateRow) => void): void {
  const row = targetTemplate(app.store.get());
  if (row !== undefined) act(row.key, row);
}

export const templateCommands: readonly UiCommand[] = [
  {
    id: 'template-fork',
    title: 'fork a VM from the template',
    short: 'fork',
    group: 'view',
    keys: ['f', 'enter'],
    screens,
    when: some,
    run: (app) =>
      withTemplate(app, (template, { pool }) =>
        ask(app, `Fork of ${template}`, 'name of the new VM', `${template}-1`, (typed) => {
          const name = typed.trim();
          if (name === '') return 'a name is needed';
          app.tasks.start({
            title: `fork ${template} as ${name}`,
            run: async (call) => {
              const { pools, templates } = app.host.engine;
              const [answer] = await (pool === undefined ? templates : pools).fork(template, { names: [name] }, call);
              app.feeds.refresh('templates');
              return answer === undefined ? undefined : `${name}: ${answer.vm.summary}`;
            },
          });
          return undefined;
        }),
      ),
  },
  {
    id: 'template-verify',
    title: 'verify every part of the template',
    short: 'verify',
    group: 'view',
    keys: ['v'],
    screens,
    when: some,
    run: (app) =>
      withTemplate(app, (template) => {
        app.tasks.start({
          title: `verify template ${template}`,
          run: async (call) => {
            await app.host.engine.templates.verify(template, call);
            return `template ${template} is as it was sealed`;
          },
        });
      }),
  },
  {
    id: 'pool-create',
    title: 'keep ready forks of the template (pool)',
    short: 'pool',
    group: 'view',
    keys: ['l'],
    screens,
    when: some,
    run: (app) =>
      withTemplate(app, (template) =>
        ask(app, `Pool of ${template}`, 'how many ready forks', '2', (typed) => {
          const size = Number(typed);
          if (!Number.isInteger(size) || size < 1 || size > 100) return 'a whole number from 1 to 100 is needed';
          app.tasks.start({
            title: `fill the pool of ${template}`,
            run: async (call) => {
              const made = await app.host.engine.pools.create(template, { size, wait: true }, call);
              app.feeds.refresh('templates');
              return `${made.members.length} of ${made.size} are ready`;
            },
          });
          return undefined;
        }),
      ),
  },
  {
    id: 'pool-destroy',
    title: 'destroy the pool of the template',
    group: 'view',
    keys: ['X'],
    screens,
    when: pooled,
    run: (app) =>
      withTemplate(app, (template, { pool }) => {
        const lines = (pool?.members ?? []).map((member) => `${member.vm}: ${member.state}`);
        destroying(app, `Destroy the pool of ${template}?`, lines, `destroy the pool of ${template}`, (call) =>
          app.host.engine.pools.destroy(template, { dryRun: false }, call),
        );
      }),
  },
  {
    id: 'template-destroy',
    title: 'destroy the template',
    short: 'destroy',
    group: 'view',
    keys: ['D'],
    screens,
    when: some,
    run: (app) =>
      withTemplate(app, (template, { facts }) => {
        const lines = facts.usedBy.map((vm) => `${vm} lies on it`);
        destroying(app, `Destroy template ${template}?`, lines, `destroy template ${template}`, (call) =>
          app.host.engine.templates.destroy(template, { dryRun: false }, call),
        );
      }),
  },
];

function destroying(
  app: App,
  question: string,
  lines: readonly string[],
  title: string,
  work: (call: Parameters<App['host']['engine']['pools']['refill']>[1]) => Promise<readonly unknown[]>,
): void {
  const yes = (): void => {
    app.tasks.start({
      title,
      run: async (call) => {
        const removed = await work(call);
        app.feeds.refresh('templates');
        return `${removed.length} things removed`;
      },
    });
  };
  app.store.set((state) => ({ ...state, overlay: { kind: 'confirm', question, lines, yes } }));
}
