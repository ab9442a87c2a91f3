import { Box, Text } from 'ink';
import type { ReactElement } from 'react';
import { keyLabel } from '../keys/key-label.ts';
import { useDrawing } from '../parts/app-context.ts';
import { StyledLines } from '../parts/styled-lines.tsx';
import { TaskLine } from '../parts/task-strip.tsx';
import { TypedText } from '../parts/typed-text.tsx';
import { windowStart } from '../state/list-state.ts';
import { CreateFormView } from './create-form-view.tsx';
import { helpLines } from './help-lines.ts';
import type { Overlay } from './overlay.ts';
import { OverlayFrame } from './overlay-frame.tsx';
import { paletteChoices } from './palette-choices.ts';

type Of<Kind extends Overlay['kind']> = Extract<Overlay, { kind: Kind }>;
interface Room {
  readonly height: number;
}

export function OverlayView({ overlay, height }: { readonly overlay: Overlay } & Room): ReactElement {
  switch (overlay.kind) {
    case 'help':
      return <Help overlay={overlay} height={height} />;
    case 'palette':
      return <Palette overlay={overlay} height={height} />;
    case 'tasks':
      return <TaskList overlay={overlay} height={height} />;
    case 'confirm':
      return <Confirm overlay={overlay} height={height} />;
    case 'prompt':
      return <Prompt overlay={overlay} height={height} />;
    case 'choice':
      return <Choice overlay={overlay} height={height} />;
    case 'create':
      return <CreateFormView form={overlay.form} height={height} />;
  }
}

function Help({ overlay, height }: { readonly overlay: Of<'help'> } & Room): ReactElement {
  const lines = helpLines();
  const room = height - 2;
  const top = Math.min(overlay.top, Math.max(0, lines.length - room));
  return (
    <OverlayFrame title="Keys" height={height}>
      <StyledLines lines={lines.slice(top, top + room)} />
    </OverlayFrame>
  );
}

function Palette({ overlay, height }: { readonly overlay: Of<'palette'> } & Room): ReactElement {
  const { state, glyphs, theme } = useDrawing();
  const choices = paletteChoices(state, overlay.query.text);
  const at = Math.min(overlay.at, choices.length - 1);
  const room = height - 3;
  const start = windowStart(choices.length, Math.max(0, at), room, 0);
  return (
    <OverlayFrame title="Commands" height={height}>
      <Text>
        {': '}
        <TypedText input={overlay.query} />
      </Text>
      {choices.length === 0 ? <Text {...theme.quiet}>no command has this name, or it makes no sense here</Text> : null}
      {choices.slice(start, start + room).map((command, index) => (
        <Text key={command.id} wrap="truncate">
          <Text {...theme.accent}>{start + index === at ? `${glyphs.cursor} ` : '  '}</Text>
          <Text {...(start + index === at ? theme.title : {})}>{command.title}</Text>
          <Text {...theme.quiet}>{`  ${command.keys.map(keyLabel).join(', ')}`}</Text>
        </Text>
      ))}
    </OverlayFrame>
  );
}

function TaskList({ overlay, height }: { readonly overlay: Of<'tasks'> } & Room): ReactElement {
  const { state, glyphs, theme } = useDrawing();
  const { tasks } = state.world;
  const at = Math.min(overlay.at, tasks.length - 1);
  const chosen = tasks[at];
  const detail = [...(chosen?.progress.notices.map(({ text }) => text) ?? []), ...(chosen?.failure?.next ?? [])];
  const room = Math.max(1, height - 3 - Math.min(6, detail.length));
  const start = windowStart(tasks.length, Math.max(0, at), room, 0);
  return (
    <OverlayFrame title="Tasks" height={height}>
      {tasks.slice(start, start + room).map((task, index) => (
        <Box key={task.id}>
          <Text {...theme.accent}>{start + index === at ? `${glyphs.cursor} ` : '  '}</Text>
          <TaskLine task={task} />
        </Box>
      ))}
      {detail.slice(0, 6).map((line) => (
        <Text key={line} wrap="truncate" {...theme.quiet}>{`    ${line}`}</Text>
      ))}
    </OverlayFrame>
  );
}

function Confirm({ overlay, height }: { readonly overlay: Of<'confirm'> } & Room): ReactElement {
  const { theme } = useDrawing();
  const room = Math.max(1, height - 5);
  const shown = overlay.lines.slice(0, room);
  return (
    <OverlayFrame title={overlay.question} height={height}>
      {shown.map((line) => (
        <Text key={line} wrap="truncate">{`  ${line}`}</Text>
      ))}
      {overlay.lines.length > shown.length ? (
        <Text {...theme.quiet}>{`  and ${overlay.lines.length - shown.length} more`}</Text>
      ) : null}
      <Text> </Text>
      <Text>
        <Text {...theme.accent}>y</Text> does it, <Text {...theme.accent}>n</Text> leaves it
      </Text>
    </OverlayFrame>
  );
}

function Choice({ overlay, height }: { readonly overlay: Of<'choice'> } & Room): ReactElement {
  const { glyphs, theme } = useDrawing();
  const { items, at } = overlay;
  const room = Math.max(1, height - 2);
  const start = windowStart(items.length, at, room, 0);
  return (
    <OverlayFrame title={overlay.title} height={height}>
      {items.slice(start, start + room).map(({ text }, index) => (
        <Text key={text} wrap="truncate">
          <Text {...theme.accent}>{start + index === at ? `${glyphs.cursor} ` : '  '}</Text>
          <Text {...(start + index === at ? theme.title : {})}>{text}</Text>
        </Text>
      ))}
    </OverlayFrame>
  );
}

function Prompt({ overlay, height }: { readonly overlay: Of<'prompt'> } & Room): ReactElement {
  const { theme } = useDrawing();
  return (
    <OverlayFrame title={overlay.title} height={height}>
      <Text>
        {'> '}
        <TypedText input={overlay.input} />
      </Text>
      <Text {...theme.quiet}>{overlay.hint}</Text>
      {overlay.problem === undefined ? null : <Text {...theme.bad}>{overlay.problem}</Text>}
    </OverlayFrame>
  );
}
