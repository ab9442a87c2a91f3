import type { App } from '../app.ts';
import { type CreateForm, formSettings } from '../overlays/create-form.ts';
import { failureOf } from '../state/tasks.ts';

/** Settings are checked before the form closes, so that what was typed is not lost; the work is a task. */
export async function submitForm(app: App, form: CreateForm): Promise<void> {
  const name = form.texts.name.text.trim();
  const refuse = (problem: string): void =>
    app.store.set((state) => ({ ...state, overlay: { kind: 'create', form: { ...form, problem } } }));
  if (name === '') return refuse('a name is needed');
  try {
    const config = await app.host.config(name, formSettings(form));
    app.store.set(({ overlay: _, ...state }) => state);
    app.tasks.start({
      title: `create ${name}`,
      run: async (call) => {
        const { engine } = app.host;
        if (form.start === 'later') return `${(await engine.create({ config }, call)).vm.name} is made; s starts it`;
        const warm = form.start === 'warm' ? { warm: true } : {};
        const result = await engine.up({ config, wait: true, ...warm }, call);
        return `${result.vm.name}: ${result.vm.summary}`;
      },
    });
  } catch (error) {
    const { code, message } = failureOf(error);
    refuse(`[${code}] ${message}`);
  }
}
