/** Finds in Markdown what can be typed. */

/** Inline code and the lines of code blocks; the text around them, and what a session prints, is for people. */
export function codeOf(markdown: string): string[] {
  const blocks = [...markdown.matchAll(/^```(\w*)\n([\s\S]*?)^```/gm)].flatMap(([, language, body = '']) =>
    body.split('\n').filter((line) => language !== 'console' || line.startsWith('$ ')),
  );
  const prose = markdown.replaceAll(/^```\w*\n[\s\S]*?^```/gm, '');
  const inline = [...prose.matchAll(/`([^`\n]+)`/g)].map(([, code]) => code ?? '');
  return [...blocks, ...inline].map((line) => line.trim()).filter((line) => line !== '');
}

/** Words of one command line with simple quotes; a comment, a redirection or a next command ends it. */
export function shellWords(line: string): string[] {
  const words: string[] = [];
  for (const [, single, double, plain] of line.matchAll(/'([^']*)'|"([^"]*)"|([^\s'"]+)/g)) {
    if (plain !== undefined && /^[#>;]/.test(plain)) break;
    words.push(single ?? double ?? plain ?? '');
  }
  return words;
}

/** Argument vectors of every call of the CLI: `sysmonvm a && sysmonvm b`, `$ sysmonvm …`, `node dist/cli/main.js …`. */
export function cliCalls(code: string): string[][] {
  return code
    .replace(/^\$ /, '')
    .split(/\s(?:&&|\|\||\|)\s/)
    .map(shellWords)
    .flatMap((words) => {
      const start = words.findIndex((word) => !/^[A-Z_]+=/.test(word));
      if (words[start] === 'sysmonvm' && words.length > start + 1) return [words.slice(start + 1)];
      if (words[start] === 'node' && words[start + 1] === 'dist/cli/main.js') return [words.slice(start + 2)];
      return [];
    });
}
