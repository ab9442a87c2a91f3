import type { ParsedConfigFile } from '../config/parsed-config-file.ts';

/**
 * Reads a file of workloads, or every .yaml, .yml and .json of a folder in the order of their names; paths are absolute.
 * @throws workload.file-invalid naming file, line and column
 */
export type ReadWorkloadFiles = (path: string) => Promise<readonly ParsedConfigFile[]>;
