import { Box, Text, useInput } from 'ink';
import type { ReactElement } from 'react';
import { handleKey } from './keys/handle-key.ts';
import { pressedKeys } from './keys/key-name.ts';
import { OverlayView } from './overlays/overlay-view.tsx';
import { useApp, useDrawing } from './parts/app-context.ts';
import { Header } from './parts/header.tsx';
import { KeyBar } from './parts/key-bar.tsx';
import { stripTasks, TaskStrip } from './parts/task-strip.tsx';
import { TypedText } from './parts/typed-text.tsx';
import { Doctor } from './screens/doctor.tsx';
import { Fleet } from './screens/fleet.tsx';
import { Images } from './screens/images.tsx';
import { Templates } from './screens/templates.tsx';
import { Vm } from './screens/vm.tsx';
import { shownList } from './state/app-state.ts';
import { textInput } from './state/text-input.ts';

const leastColumns = 40;
const leastRows = 10;

/**
 * The whole screen: head, what is shown, tasks, one line for a filter or a notice, keys.
 */
export function Root(): ReactElement {
  const app = useApp();
  const { state } = useDrawing();
  useInput((input, key) => {
    app.feeds.attend();
    for (const pressed of pressedKeys(input, key)) if (!app.isEnding()) handleKey(app, pressed.key, pressed.typed);
  });
  const { columns, rows } = state.size;
  if (columns < leastColumns || rows < leastRows)
    return <Text>{`This needs ${leastColumns} columns and ${leastRows} rows; q quits.`}</Text>;
  const strip = stripTasks(state.world.tasks, state.now).length;
  const height = rows - 2 - strip - 2;
  return (
    <Box flexDirection="column" width={columns} height={rows}>
      <Header />
      <Box flexDirection="column" height={height} overflowY="hidden">
        {state.overlay === undefined ? (
          <Screen height={height} />
        ) : (
          <OverlayView overlay={state.overlay} height={height} />
        )}
      </Box>
      <TaskStrip />
      <MessageLine />
      <KeyBar />
    </Box>
  );
}

function Screen({ height }: { readonly height: number }): ReactElement {
  const { state } = useDrawing();
  switch (state.screen) {
    case 'fleet':
      return <Fleet height={height} />;
    case 'vm':
      return <Vm height={height} />;
    case 'images':
      return <Images height={height} />;
    case 'templates':
      return <Templates height={height} />;
    case 'doctor':
      return <Doctor height={height} />;
  }
}

function MessageLine(): ReactElement {
  const { state, theme } = useDrawing();
  const name = shownList(state);
  const list = name === undefined ? undefined : state.lists[name];
  if (state.notice !== undefined)
    return (
      <Text wrap="truncate" {...theme[state.notice.meaning]}>
        {state.notice.text}
      </Text>
    );
  if (list !== undefined && (state.filtering || list.filter !== ''))
    return (
      <Text wrap="truncate">
        {'filter: '}
        <TypedText input={textInput(list.filter)} active={state.filtering} />
      </Text>
    );
  const selected = list?.selected.size ?? 0;
  return <Text {...theme.quiet}>{selected === 0 ? ' ' : `${selected} selected; Esc selects none`}</Text>;
}
