import type { MarkerTable } from './marker-table.ts';

export const uBootMarkers: MarkerTable = {
  name: 'u-boot',
  title: 'Das U-Boot up to its prompt',
  markers: [
    { name: 'banner', pattern: '^U-Boot (?:SPL )?\\d{4}\\.\\d{2}', stage: 'firmware' },
    { name: 'memory', pattern: '^DRAM: ' },
    { name: 'console', pattern: '^Out: +' },
    { name: 'network', pattern: '^Net: ' },
    { name: 'autoboot', pattern: '^Hit any key to stop autoboot: ' },
    { name: 'prompt', pattern: '^=> ?$' },
  ],
  end: ['prompt'],
  failure: [
    { pattern: '^### ERROR ### (.*)$', what: 'U-Boot stopped' },
    { pattern: '^resetting \\.\\.\\.$', what: 'U-Boot reset the machine' },
  ],
};
