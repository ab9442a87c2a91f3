import { editText, type TextInput, textInput } from '../state/text-input.ts';

export const formFields = ['name', 'image', 'cpus', 'memory', 'disk', 'start'] as const;
export type FormField = (typeof formFields)[number];
const startWays = ['cold', 'warm', 'later'] as const;
type StartWay = (typeof startWays)[number];

/** The answers so far. An empty text leaves that to the configuration. */
export interface CreateForm {
  readonly at: FormField;
  readonly texts: Readonly<Record<Exclude<FormField, 'image' | 'start'>, TextInput>>;
  /** Empty: what the configuration says. */
  readonly images: readonly string[];
  readonly image: string;
  readonly start: StartWay;
  readonly problem?: string;
}

export function createForm(images: readonly string[], name: string): CreateForm {
  const texts = { name: textInput(name), cpus: textInput(), memory: textInput(), disk: textInput() };
  return { at: 'name', texts, images, image: '', start: 'cold' };
}

/** By the names of the settings' options. */
export function formSettings({ texts, image }: CreateForm): Readonly<Record<string, string>> {
  const typed = { cpus: texts.cpus.text.trim(), memory: texts.memory.text.trim(), disk: texts.disk.text.trim(), image };
  return Object.fromEntries(Object.entries(typed).filter(([, value]) => value !== ''));
}

/** The same in the shell, so that a person learns it. */
export function formCommand(form: CreateForm): string {
  const name = form.texts.name.text.trim();
  const options = Object.entries(formSettings(form)).map(([flag, value]) => `--${flag} ${value}`);
  const command = form.start === 'later' ? 'vm-create' : 'up';
  return ['sysmonvm', command, name, ...options, ...(form.start === 'warm' ? ['--warm'] : [])]
    .filter(Boolean)
    .join(' ');
}

export function moveField(form: CreateForm, by: 1 | -1): CreateForm {
  const index = formFields.indexOf(form.at);
  return { ...form, at: formFields[(index + by + formFields.length) % formFields.length] ?? 'name' };
}

/** The next or former choice of a field that has choices. */
export function turnChoice(form: CreateForm, by: 1 | -1): CreateForm {
  const turned = <T>(choices: readonly T[], now: T): T =>
    choices[(choices.indexOf(now) + by + choices.length) % choices.length] ?? now;
  if (form.at === 'image') return { ...form, image: turned(['', ...form.images], form.image) };
  if (form.at === 'start') return { ...form, start: turned(startWays, form.start) };
  return form;
}

/** The next image whose name begins with what was typed; undefined: none does. */
export function jumpToImage(form: CreateForm, typed: string): CreateForm | undefined {
  const { images } = form;
  const from = images.indexOf(form.image) + 1;
  const found = [...images.slice(from), ...images.slice(0, from)].find((id) => id.startsWith(typed));
  return typed === '' || found === undefined ? undefined : { ...form, image: found };
}

/** undefined: the key edits nothing. */
export function editForm(
  form: CreateForm,
  field: keyof CreateForm['texts'],
  key: string,
  typed: string,
): CreateForm | undefined {
  const edited = editText(form.texts[field], key, typed);
  return edited === undefined ? undefined : { ...form, texts: { ...form.texts, [field]: edited } };
}
