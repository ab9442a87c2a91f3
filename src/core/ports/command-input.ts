/** What a command gets for standard input when it is all read before the command starts. */
export type CommandInput =
  | {
      readonly kind: 'whole';
      readonly data: Uint8Array;
      /** The same once more, for who takes a stream. */
      stream(): NodeJS.ReadableStream;
    }
  /** It did not end; what was read was put back, so the stream is as it was. `why` follows "standard input". */
  | { readonly kind: 'endless'; readonly why: string; readonly tooLong: boolean };

/** Nobody may have read from the stream before. */
export type ReadCommandInput = (
  stdin: NodeJS.ReadableStream | undefined,
  options: { readonly limitBytes: number; readonly withinMs: number; readonly signal: AbortSignal },
) => Promise<CommandInput>;
