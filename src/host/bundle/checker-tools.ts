import { join } from 'node:path';
import type { CheckerTools } from '../../core/ports/checker-tools.ts';
import type { ProcessRunner } from '../../core/ports/process-runner.ts';
import { openCheckerClient } from '../checker-client/checker-client.ts';
import { renderTemplate } from '../render/render-template.ts';
import { readConfigFile } from '../store/config-file.ts';
import { certificateMaker } from '../tls/certificates.ts';
import { createCheckerBuilder } from './create-checker-builder.ts';

interface CheckerToolsDeps {
  readonly packageDirectory: string;
  readonly directories: { readonly workspace: string; readonly cache: string };
  readonly runner: ProcessRunner;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly offline: boolean;
}

export function createCheckerTools({ packageDirectory, directories, ...deps }: CheckerToolsDeps): CheckerTools {
  const places = {
    lockFile: join(packageDirectory, 'checker.lock.json'),
    code: join(packageDirectory, 'dist/checker.cjs'),
    licenses: join(packageDirectory, 'dist/checker-licenses.txt'),
    injector: join(packageDirectory, 'dist/cli/inject.js'),
    staging: join(directories.workspace, 'bin'),
    nodes: join(directories.cache, 'nodes'),
  };
  return {
    builder: createCheckerBuilder({ ...deps, places }),
    certificates: certificateMaker,
    openClient: openCheckerClient,
    readSettings: readConfigFile,
    serviceUnit: (of) => renderTemplate('systemd/serviceradar-sysmon-vm.service.mustache', of),
  };
}
