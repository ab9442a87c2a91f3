import { quoteWords } from '../ssh/shell-quoting.ts';

/** One thing that is done to the host, or to a folder in which a package is put together. */
export type HostStep =
  | { readonly kind: 'directory'; readonly path: string; readonly mode: number }
  /** Appears complete or not at all. */
  | {
      readonly kind: 'file';
      readonly path: string;
      readonly mode: number;
      readonly from: { readonly text: string } | { readonly file: string };
      /** User and group; default: whoever runs this. */
      readonly owner?: { readonly user: string; readonly group: string };
    }
  | { readonly kind: 'remove'; readonly path: string }
  /** Only when nothing is in it. */
  | { readonly kind: 'remove-empty'; readonly path: string }
  | {
      readonly kind: 'run';
      readonly command: readonly [string, ...string[]];
      /** Exit codes that are no failure; default: 0. */
      readonly accept?: readonly number[];
      readonly env?: Readonly<Record<string, string>>;
    }
  /** Until the command ends with this code. */
  | {
      readonly kind: 'await';
      readonly command: readonly [string, ...string[]];
      readonly exitCode: number;
      readonly timeoutMs: number;
    }
  /** A tar.gz of a folder, the same bytes for the same content. */
  | { readonly kind: 'archive'; readonly directory: string; readonly path: string; readonly epochSeconds: number };

const octal = (mode: number) => mode.toString(8).padStart(4, '0');

/** As a person would type it, or say it where no one command does it. */
export function describeStep(step: HostStep): string {
  switch (step.kind) {
    case 'directory':
      return quoteWords(['install', '-d', '-m', octal(step.mode), step.path]);
    case 'file': {
      const owner = step.owner === undefined ? [] : ['-o', step.owner.user, '-g', step.owner.group];
      return 'file' in step.from
        ? quoteWords(['install', '-m', octal(step.mode), ...owner, step.from.file, step.path])
        : `write ${step.path} (mode ${octal(step.mode)}${step.owner === undefined ? '' : `, ${step.owner.user}:${step.owner.group}`})`;
    }
    case 'remove':
      return quoteWords(['rm', '-f', step.path]);
    case 'remove-empty':
      return `${quoteWords(['rmdir', step.path])} (when it is empty)`;
    case 'run':
      return quoteWords([...Object.entries(step.env ?? {}).map(([key, value]) => `${key}=${value}`), ...step.command]);
    case 'await':
      return `${quoteWords(step.command)} (until it ends with ${step.exitCode})`;
    case 'archive':
      return `pack ${step.directory} into ${step.path} (tar, gzip, times ${step.epochSeconds})`;
  }
}
