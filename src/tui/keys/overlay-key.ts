import type { App } from '../app.ts';
import { submitForm } from '../commands/submit-form.ts';
import { type CreateForm, editForm, jumpToImage, moveField, turnChoice } from '../overlays/create-form.ts';
import { helpLines } from '../overlays/help-lines.ts';
import type { Overlay } from '../overlays/overlay.ts';
import { paletteChoices } from '../overlays/palette-choices.ts';
import { editText } from '../state/text-input.ts';

type Of<Kind extends Overlay['kind']> = Extract<Overlay, { kind: Kind }>;

const closing: readonly string[] = ['esc', 'ctrl+c'];
const steps: Readonly<Record<string, number>> = {
  up: -1,
  down: 1,
  k: -1,
  j: 1,
  pageup: -10,
  pagedown: 10,
  'ctrl+b': -10,
  'ctrl+f': 10,
};

type Handler<Kind extends Overlay['kind']> = (app: App, overlay: Of<Kind>, key: string, typed: string) => void;

export function overlayKey(app: App, overlay: Overlay, key: string, typed: string): void {
  const handlers: { readonly [Kind in Overlay['kind']]: Handler<Kind> } = {
    help: helpKey,
    palette: paletteKey,
    tasks: tasksKey,
    confirm: confirmKey,
    prompt: promptKey,
    choice: choiceKey,
    create: formKey,
  };
  if (closing.includes(key)) close(app);
  else (handlers[overlay.kind] as Handler<Overlay['kind']>)(app, overlay, key, typed);
}

const show = (app: App, overlay: Overlay): void => app.store.set((state) => ({ ...state, overlay }));
const close = (app: App): void => app.store.set(({ overlay: _, ...state }) => state);

function helpKey(app: App, overlay: Of<'help'>, key: string): void {
  const step = steps[key];
  const most = Math.max(0, helpLines().length - 5);
  if (key === 'q' || key === '?') close(app);
  else if (step !== undefined) show(app, { ...overlay, top: Math.max(0, Math.min(most, overlay.top + step)) });
}

function paletteKey(app: App, overlay: Of<'palette'>, key: string, typed: string): void {
  const choices = paletteChoices(app.store.get(), overlay.query.text);
  const at = Math.max(0, Math.min(overlay.at, choices.length - 1));
  if (key === 'enter') {
    close(app);
    choices[at]?.run(app);
  } else if (key === 'up' || key === 'down' || key === 'tab') {
    const next = at + (key === 'up' ? -1 : 1);
    show(app, { ...overlay, at: Math.max(0, Math.min(choices.length - 1, next)) });
  } else {
    const query = editText(overlay.query, key, typed);
    if (query !== undefined) show(app, { ...overlay, query, at: 0 });
  }
}

function tasksKey(app: App, overlay: Of<'tasks'>, key: string): void {
  const { tasks } = app.store.get().world;
  const at = Math.max(0, Math.min(overlay.at, tasks.length - 1));
  const chosen = tasks[at];
  const step = steps[key];
  if (key === 'q' || key === 't') close(app);
  else if (key === 'x' && chosen !== undefined) app.tasks.cancel(chosen.id);
  else if (step !== undefined) show(app, { ...overlay, at: Math.max(0, Math.min(tasks.length - 1, at + step)) });
}

function confirmKey(app: App, overlay: Of<'confirm'>, key: string): void {
  if (key === 'y' || key === 'Y') {
    close(app);
    overlay.yes();
  } else if (key === 'n' || key === 'N' || key === 'q') close(app);
}

function choiceKey(app: App, overlay: Of<'choice'>, key: string): void {
  const step = steps[key];
  if (key === 'enter') {
    close(app);
    overlay.items[overlay.at]?.choose();
  } else if (key === 'q') close(app);
  else if (step !== undefined)
    show(app, { ...overlay, at: Math.max(0, Math.min(overlay.items.length - 1, overlay.at + step)) });
}

function promptKey(app: App, overlay: Of<'prompt'>, key: string, typed: string): void {
  if (key === 'enter') {
    close(app);
    const problem = overlay.enter(overlay.input.text);
    if (problem !== undefined) show(app, { ...overlay, problem });
    return;
  }
  const input = editText(overlay.input, key, typed);
  if (input !== undefined) show(app, { ...overlay, input });
}

function formKey(app: App, overlay: Of<'create'>, key: string, typed: string): void {
  const { form } = overlay;
  if (key === 'enter') {
    void submitForm(app, form);
    return;
  }
  const next = editedForm(form, key, typed);
  if (next !== undefined) show(app, { kind: 'create', form: next });
}

function editedForm(form: CreateForm, key: string, typed: string): CreateForm | undefined {
  if (key === 'down' || key === 'tab') return moveField(form, 1);
  if (key === 'up' || key === 'shift+tab') return moveField(form, -1);
  if (form.at !== 'image' && form.at !== 'start') return editForm(form, form.at, key, typed);
  if (key === 'left') return turnChoice(form, -1);
  if (key === 'right' || key === 'space') return turnChoice(form, 1);
  return form.at === 'image' ? jumpToImage(form, typed) : undefined;
}
