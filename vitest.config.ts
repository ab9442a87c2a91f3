import { defineConfig } from 'vitest/config';

/** Tests of the host side that boot a guest or time a machine: nothing else runs beside them. */
const machines = [
  'test/host/facts/acceleration.test.ts',
  'test/host/facts/warm-verdict.test.ts',
  'test/host/machine/**/*.test.ts',
  'test/host/measure/**/*.test.ts',
  'test/host/network/**/*.test.ts',
  'test/host/qemu/**/*.test.ts',
];

const node = { environment: 'node' as const, pool: 'forks' as const, retry: 0 };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...node,
          name: 'unit',
          include: ['test/unit/**/*.test.ts', 'test/unit/**/*.test.tsx', 'test/architecture.test.ts'],
          testTimeout: 20_000,
        },
      },
      {
        test: {
          ...node,
          name: 'machines',
          include: machines,
          testTimeout: 120_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          ...node,
          name: 'host',
          include: ['test/host/**/*.test.ts'],
          exclude: machines,
          testTimeout: 120_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          ...node,
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 600_000,
          hookTimeout: 900_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          ...node,
          name: 'aarch64',
          include: ['test/aarch64/**/*.test.ts'],
          testTimeout: 900_000,
          hookTimeout: 1_800_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          ...node,
          name: 'boots',
          include: ['test/boots/**/*.test.ts'],
          testTimeout: 900_000,
          hookTimeout: 1_800_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          ...node,
          name: 'guest',
          include: ['test/guest/**/*.test.ts'],
          testTimeout: 900_000,
          hookTimeout: 1_800_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
