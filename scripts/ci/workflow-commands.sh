# shellcheck shell=bash
# Sourced by the steps: how a step talks to the runner. What comes from outside is never taken for a command of the
# runner (`::error::`, a further line of an output file).

set_output() {
  [ -n "${GITHUB_OUTPUT:-}" ] || return 0
  local end
  end=end-$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  printf '%s<<%s\n%s\n%s\n' "$1" "$end" "$2" "$end" >>"$GITHUB_OUTPUT"
}

# announce notice|warning|error TEXT
announce() {
  local text=$2
  text=${text//'%'/%25}
  text=${text//$'\r'/%0D}
  text=${text//$'\n'/%0A}
  printf '::%s title=sysmonvm::%s\n' "$1" "$text"
}

summarize() {
  [ -n "${GITHUB_STEP_SUMMARY:-}" ] || return 0
  printf '%s\n' "$1" >>"$GITHUB_STEP_SUMMARY"
}

# Around a program whose output may hold anything (names, paths, the console of a guest): the runner only shows it.
pause_commands() {
  commands_token=stop-$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  printf '::stop-commands::%s\n' "$commands_token"
}
resume_commands() { printf '\n::%s::\n' "$commands_token"; }

without_commands() {
  local code=0
  pause_commands
  "$@" || code=$?
  resume_commands
  return "$code"
}

# document_of FILE PROGRAM WORD…: what the program prints is kept in the file.
document_of() {
  local file=$1 code=0
  shift
  pause_commands
  "$@" >"$file" || code=$?
  resume_commands
  return "$code"
}

# Ends the step before anything was begun.
refuse() {
  announce error "$1"
  exit 2
}
