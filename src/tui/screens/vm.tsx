import { Box, Text } from 'ink';
import type { ReactElement } from 'react';
import { useDrawing } from '../parts/app-context.ts';
import { LineWindow } from '../parts/line-window.tsx';
import { StyledLines } from '../parts/styled-lines.tsx';
import { vmOf, vmTabs } from '../state/app-state.ts';
import { fleetRows } from './fleet-rows.ts';
import { vmPage } from './vm-page.ts';

/** Below it the names of all parts stand closer together. */
const roomyColumns = 64;

/** One VM: a line of what it is, its parts, and the part that was chosen. */
export function Vm({ height }: { readonly height: number }): ReactElement {
  const { state, glyphs, theme } = useDrawing();
  const vm = vmOf(state);
  if (vm === undefined) return <Text>This VM is gone. Esc goes back to all VMs.</Text>;
  const [row] = fleetRows([vm], state.world);
  const room = Math.max(1, height - 3);
  return (
    <Box flexDirection="column" height={height}>
      <Text wrap="truncate">
        <Text {...theme[row?.meaning ?? 'quiet']}>{`${glyphs.states[row?.sign ?? 'off']} `}</Text>
        <Text {...theme.title}>{vm.name}</Text>
        {`  ${vm.summary}`}
        <Text {...theme.quiet}>
          {`  ${glyphs.separator} ${vm.image.id} for ${vm.arch}, trust: ${vm.image.level}, ${vm.accelerator}`}
        </Text>
      </Text>
      <Text wrap="truncate">
        {vmTabs.map((tab, index) => (
          <Text key={tab}>
            {index === 0 ? '' : ' '.repeat(state.size.columns < roomyColumns ? 1 : 2)}
            <Text
              {...(tab === state.tab ? { ...theme.cursor } : tab === 'failure' && vm.failure ? theme.bad : theme.quiet)}
            >
              {tab}
            </Text>
          </Text>
        ))}
      </Text>
      <Text> </Text>
      {state.tab === 'console' || state.tab === 'logs' ? (
        <LineWindow
          view={state.world.detail?.[state.tab]}
          of={state.tab === 'console' ? 'console' : (state.world.detail?.logSource ?? 'qemu')}
          room={room}
        />
      ) : (
        <Page room={room} />
      )}
    </Box>
  );
}

function Page({ room }: { readonly room: number }): ReactElement {
  const { state, glyphs } = useDrawing();
  const lines = vmPage(state, glyphs);
  const top = Math.min(state.top, Math.max(0, lines.length - room));
  return <StyledLines lines={lines.slice(top, top + room)} />;
}
