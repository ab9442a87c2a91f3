import { wrapLines } from '../core/view/wrap-lines.ts';
import type { Terminal } from './terminal.ts';

/** The only place that writes results. Data goes to standard output, talk to standard error. */
export interface Output {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  /** The one document of a command: as JSON with its schema version, or as text, which is told the width of a terminal. */
  document(content: object, text: (columns?: number) => string): void;
  /** As a document, but the text is for another program (a script, a configuration) and goes out as it is. */
  pasteable(content: object, text: string): void;
  /** One record of a stream: a line of JSON, or text. */
  record(content: object, text: () => string): void;
  /** Raw text on standard output (scripts, configuration to be pasted). */
  text(text: string): void;
  /** Talk; nothing with --quiet. */
  note(text: string): void;
}

export const documentSchemaVersion = 1;

export function createOutput(
  terminal: Terminal,
  flags: { readonly json: boolean; readonly quiet: boolean; readonly verbose: boolean },
): Output {
  const { stdout, stderr } = terminal.streams;
  const versioned = (content: object) => ({ schemaVersion: documentSchemaVersion, ...content });
  const columns = terminal.stdoutIsTty ? terminal.columns : undefined;
  const fitted = (text: string) => (terminal.stdoutIsTty ? wrapLines(text, terminal.columns) : text);
  const fittedTalk = (text: string) => (terminal.stderrIsTty ? wrapLines(text, terminal.columns) : text);
  return {
    ...flags,
    document: (content, text) => {
      stdout.write(flags.json ? `${JSON.stringify(versioned(content), null, 2)}\n` : fitted(text(columns)));
    },
    pasteable: (content, text) => {
      stdout.write(flags.json ? `${JSON.stringify(versioned(content), null, 2)}\n` : text);
    },
    record: (content, text) => {
      stdout.write(flags.json ? `${JSON.stringify(versioned(content))}\n` : text());
    },
    text: (text) => {
      stdout.write(text);
    },
    note: (text) => {
      if (!flags.quiet) stderr.write(fittedTalk(text.endsWith('\n') ? text : `${text}\n`));
    },
  };
}
