import { RootCommand } from '@bomb.sh/tab';

/** Without the bash-completion package there is no such function; words are split at blanks then. */
const bashFallback = `if ! declare -F _get_comp_words_by_ref >/dev/null; then
  _get_comp_words_by_ref() {
    local line="\${COMP_LINE:0:COMP_POINT}"
    read -r -a words <<<"$line"
    if [[ "$line" == *[[:space:]] ]]; then words+=(""); fi
    cword=$((\${#words[@]} - 1))
    cur="\${words[cword]}"
    prev="\${words[cword - 1]}"
  }
fi
`;
/** Lets bash complete file names where our answer allows it. */
const bashFiles = 'complete -o default -F __sysmonvm_complete sysmonvm\n';

/** The package prints its script; there is no other way to get at the text. */
function printedBy(print: () => void): string {
  const lines: string[] = [];
  const target = globalThis.console;
  const before = target.log;
  target.log = (line: string) => {
    lines.push(line);
  };
  try {
    print();
  } finally {
    target.log = before;
  }
  return `${lines.join('\n')}\n`;
}

export function completionScript(shell: 'bash' | 'zsh' | 'fish'): string {
  const script = printedBy(() => new RootCommand().setup('sysmonvm', 'sysmonvm', shell));
  if (shell !== 'bash') return script;
  // Sourced twice (a new version in the same shell), read-only names would be errors.
  return `${bashFallback}${script.replaceAll('readonly ShellComp', 'ShellComp')}${bashFiles}`;
}
