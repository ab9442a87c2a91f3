import { Text } from 'ink';
import type { ReactElement } from 'react';
import { useDrawing } from '../parts/app-context.ts';
import { TypedText } from '../parts/typed-text.tsx';
import { type CreateForm, type FormField, formCommand, formFields } from './create-form.ts';
import { OverlayFrame } from './overlay-frame.tsx';

const labels: Readonly<Record<FormField, string>> = {
  name: 'name',
  image: 'image',
  cpus: 'CPUs',
  memory: 'memory',
  disk: 'disk',
  start: 'start',
};

const hints: Readonly<Record<FormField, string>> = {
  name: 'letters, digits and dashes',
  image: 'left and right choose, or its first letter',
  cpus: 'a number; empty: as configured',
  memory: 'as 2G or 1536M; empty: as configured',
  disk: 'as 20G; empty: as configured',
  start: 'left and right choose',
};

const hintOf = (field: FormField, { images }: CreateForm): string =>
  field === 'image' && images.length === 0 ? 'looking for images' : hints[field];

const startWords = {
  cold: 'boot it now',
  warm: 'fork it from the template of these settings, made on first use',
  later: 'only make it',
} as const;

export function CreateFormView({ form, height }: { readonly form: CreateForm; readonly height: number }): ReactElement {
  const { glyphs, theme } = useDrawing();
  const value = (field: FormField): ReactElement => {
    const active = field === form.at;
    if (field === 'image') return <Text>{form.image === '' ? 'as configured' : form.image}</Text>;
    if (field === 'start') return <Text>{startWords[form.start]}</Text>;
    return <TypedText input={form.texts[field]} active={active} />;
  };
  return (
    <OverlayFrame title="Create a VM" height={height}>
      {formFields.map((field) => (
        <Text key={field} wrap="truncate">
          <Text {...theme.accent}>{field === form.at ? `${glyphs.cursor} ` : '  '}</Text>
          <Text {...(field === form.at ? theme.title : theme.quiet)}>{labels[field].padEnd(8)}</Text>
          {value(field)}
          <Text {...theme.quiet}>{field === form.at ? `   ${hintOf(field, form)}` : ''}</Text>
        </Text>
      ))}
      <Text> </Text>
      <Text wrap="truncate">
        <Text {...theme.quiet}>{'in a shell: '}</Text>
        {formCommand(form)}
      </Text>
      {form.problem === undefined ? null : <Text {...theme.bad}>{form.problem}</Text>}
    </OverlayFrame>
  );
}
