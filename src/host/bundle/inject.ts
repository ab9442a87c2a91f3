import { readFile } from 'node:fs/promises';
import { argv } from 'node:process';
// @ts-expect-error The package comes without types.
import { inject } from 'postject';

/**
 * A program of its own, run as `node inject.js EXECUTABLE BLOB`: postject works for many seconds without a pause and
 * prints warnings of its own.
 */
const [, , executable = '', blob = ''] = argv;
await inject(executable, 'NODE_SEA_BLOB', await readFile(blob), {
  sentinelFuse: 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2',
  machoSegmentName: 'NODE_SEA',
});
