import type { TextInput } from '../state/text-input.ts';
import type { CreateForm } from './create-form.ts';

/** What stands over the screen and has the keys. */
export type Overlay =
  | { readonly kind: 'help'; readonly top: number }
  | { readonly kind: 'palette'; readonly query: TextInput; readonly at: number }
  | { readonly kind: 'tasks'; readonly at: number }
  | {
      readonly kind: 'confirm';
      readonly question: string;
      /** What will be gone, or done, line by line. */
      readonly lines: readonly string[];
      readonly yes: () => void;
    }
  | {
      readonly kind: 'prompt';
      readonly title: string;
      readonly hint: string;
      readonly input: TextInput;
      readonly problem?: string;
      /** A text: what is wrong with it. */
      readonly enter: (text: string) => string | undefined;
    }
  | {
      readonly kind: 'choice';
      readonly title: string;
      readonly items: readonly { readonly text: string; readonly choose: () => void }[];
      readonly at: number;
    }
  | { readonly kind: 'create'; readonly form: CreateForm };
