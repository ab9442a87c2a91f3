import type { MarkerTable } from './marker-table.ts';

/**
 * MINIX 3: the ten phases of the earlier profiler, with what its kernel (minix/kernel/main.c) really prints. Without
 * `verbose=2` among the kernel's arguments only the banner comes; the serial console needs `console=tty00 consdev=com0`
 * or `cttyline=0`. `pre_init_phase` comes before the kernel can print: the line is one of older releases.
 */
export const minixMarkers: MarkerTable = {
  name: 'minix',
  title: 'MINIX 3 on a serial console',
  markers: [
    {
      name: 'multiboot_detected',
      pattern: '^(?:Booting .*multiboot|>> (?:MINIX|NetBSD)/\\S+ BIOS Boot|Loading /boot/minix|Loading MINIX)',
      flags: 'i',
    },
    { name: 'kernel_starts', pattern: '^(?:MINIX booting|MINIX \\d+\\.\\d+\\S* ?|Initializing .*kernel)' },
    { name: 'pre_init_phase', pattern: '^(?:pre_init\\b|Virtual memory)', flags: 'i' },
    { name: 'kmain_phase', pattern: '^(?:MINIX booting|main\\(\\)|kmain\\(|Main boot hub)' },
    { name: 'cstart_phase', pattern: '^(?:cstart\\b|CPU descriptor)' },
    { name: 'process_init', pattern: '^(?:initializing \\S+\\.\\.\\. |Process table|proc_init\\b)' },
    { name: 'memory_init', pattern: '^(?:memory_init\\b|Memory allocator|Physical memory: total )' },
    { name: 'system_init', pattern: '^(?:system_init\\b|Exception handlers)' },
    {
      name: 'scheduler_ready',
      pattern: '^(?:MINIX is open source software, see |cycles_accounting_init\\(\\)|Scheduler.* ready|Ready to run)',
    },
    { name: 'shell_prompt', pattern: '^(?:\\S+ )?login: ?$|^(?:minix|\\S+@\\S+:\\S*)?[#$%>] ?$' },
  ],
  end: ['shell_prompt'],
  proof: ['shell_prompt', 'scheduler_ready', 'multiboot_detected'],
  failure: [
    { pattern: '^(?:kernel panic|panic)(?:\\(\\S+\\))?: (.*)$', flags: 'i', what: 'MINIX panicked' },
    { pattern: '^kernel on CPU \\d+: panic: (.*)$', what: 'MINIX panicked' },
  ],
};
