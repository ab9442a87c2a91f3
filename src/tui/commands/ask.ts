import type { App } from '../app.ts';
import { textInput } from '../state/text-input.ts';

/** `enter` answers what is wrong with the text; undefined: it was taken. */
export function ask(
  app: App,
  title: string,
  hint: string,
  text: string,
  enter: (text: string) => string | undefined,
): void {
  app.store.set((state) => ({ ...state, overlay: { kind: 'prompt', title, hint, input: textInput(text), enter } }));
}
