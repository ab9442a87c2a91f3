/**
 * For bash 3.2 and newer, with and without the bash-completion package. Nothing that was typed is evaluated: a Tab
 * behind `$(…)` must not run it. bash splits words at `=` and `:`, and replaces only what stands behind the last of
 * them; the words are put together again as far as no blank is between them.
 */
export const bashScript = `# shellcheck shell=bash
# bash completion for sysmonvm
__sysmonvm_complete() {
  local line="\${COMP_LINE:0:COMP_POINT}" part gap value directive
  local words=()
  line="\${line#*"\${COMP_WORDS[0]}"}"
  for part in "\${COMP_WORDS[@]:1:COMP_CWORD}"; do
    gap="\${line%%[![:space:]]*}"
    line="\${line#"$gap"}"
    if [[ -n "$gap" ]]; then words+=(""); fi
    if [[ "$line" == "$part"* ]]; then line="\${line#"$part"}"; else part="$line"; fi
    words[\${#words[@]} - 1]+="$part"
  done
  COMPREPLY=()
  directive=0
  while IFS=$'\\t' read -r value part; do
    if [[ "$value" == :* ]]; then directive="\${value#:}"; else COMPREPLY+=("$value"); fi
  done < <("\${COMP_WORDS[0]}" complete -- "\${words[@]}" 2>/dev/null)
  if ((directive & 16)); then
    compopt -o filenames 2>/dev/null
    while IFS= read -r value; do
      COMPREPLY+=("$value")
    done < <(compgen -d -- "\${COMP_WORDS[COMP_CWORD]#=}")
  elif ((directive & 4)); then
    compopt +o default 2>/dev/null
  fi
}
complete -o default -F __sysmonvm_complete sysmonvm
`;
