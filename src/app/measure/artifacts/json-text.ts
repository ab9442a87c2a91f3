/** As every artifact is written: one value a line, for people and diffs. */
export const jsonText = (document: object): string => `${JSON.stringify(document, null, 2)}\n`;
