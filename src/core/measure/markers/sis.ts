import type { MarkerTable } from './marker-table.ts';

/** The SIS kernel: its nine steps, in both spellings that its logs have (`MMU ON`, `[MMU] ON.`). */
export const sisMarkers: MarkerTable = {
  name: 'sis',
  title: 'the SIS kernel',
  markers: [
    { name: 'KERNEL_U', pattern: '^(?:\\[KERNEL\\] )?KERNEL\\(U\\)' },
    { name: 'STACK_OK', pattern: '^(?:STACK|\\[STACK\\]) OK' },
    { name: 'MMU_SCTLR', pattern: '^(?:MMU:|\\[MMU\\]) SCTLR' },
    { name: 'MMU_ON', pattern: '^(?:MMU|\\[MMU\\]) ON\\b' },
    { name: 'UART_READY', pattern: '^(?:UART:|\\[UART\\]) READY' },
    { name: 'GIC_INIT', pattern: '^(?:GIC:|\\[GIC\\]) INIT' },
    { name: 'VECTORS_OK', pattern: '^(?:VECTORS|\\[VECTORS\\]) OK' },
    { name: 'LAUNCHING_SHELL', pattern: '^(?:\\[[A-Z]+\\] )?LAUNCHING SHELL' },
    { name: 'SHELL_READY', pattern: '^\\s*sis>\\s*$' },
  ],
  end: ['SHELL_READY'],
  failure: [{ pattern: '^(?:\\[[A-Z]+\\] )?(?:PANIC|panic)[:!] ?(.*)$', what: 'the SIS kernel panicked' }],
};
