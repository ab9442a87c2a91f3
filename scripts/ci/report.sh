#!/usr/bin/env bash
# Step "report" of action.yml, always run: what was measured and what the gate says go to the summary of the job. The
# files of the report are those that the gate has written.
#   RESULT, MEASURED_DIR   empty when nothing was measured
#   VERDICT                of the gate; empty when it did not get that far
#   COMPARISON, COMPARISON_MS   files of the gate, or empty
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=/dev/null
. "$here/workflow-commands.sh"

if [ -z "${RESULT:-}" ] || [ ! -f "$RESULT" ]; then
  announce warning 'Nothing was measured, so there is nothing to report.'
  summarize '### sysmonvm: nothing was measured

The log of the step "measure" says why.'
  exit 0
fi

summarize "$(node "$here/result-table.mjs" "$RESULT" "${VERDICT:-}")"

code=0
for comparison in "${COMPARISON:-}" "${COMPARISON_MS:-}"; do
  [ -n "$comparison" ] || continue
  "${SYSMONVM:?}" bench report "--comparison=$comparison" --format github || {
    code=$?
    announce error "bench report ended with $code."
  }
done
exit "$code"
