#!/usr/bin/env bash
# The workloads of measure.yml. SUBSET: tags (`quick` for a pull request), empty for all; IMAGE, ARCH: the guest that is
# made for the run; OUTPUT_DIR: where runs are kept.
# Outputs `directory` and `result` as measure.sh; the exit code is the program's.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=/dev/null
. "$here/workflow-commands.sh"

words=(bench run --json)
[ -z "${WORKLOADS:-}" ] || words+=("--workloads=$WORKLOADS")
[ -z "${SUBSET:-}" ] || words+=("--subset=$SUBSET")
[ -z "${IMAGE:-}" ] || words+=("--image=$IMAGE")
[ -z "${ARCH:-}" ] || words+=("--arch=$ARCH")
[ -z "${LABEL:-}" ] || words+=("--label=$LABEL")
words+=("--output-dir=${OUTPUT_DIR:-perf_results}")
[ -z "${GITHUB_SHA:-}" ] || words+=("--commit=$GITHUB_SHA")

document=${RUNNER_TEMP:-/tmp}/sysmonvm-run-$$.json
trap 'rm -f "$document"' EXIT

code=0
document_of "$document" "${SYSMONVM:?}" "${words[@]}" || code=$?
result=$(node "$here/json-value.mjs" "$document" path || true)
set_output result "$result"
[ -z "$result" ] || set_output directory "$(dirname "$result")"
[ "$code" -eq 0 ] || announce error "bench run ended with $code; the log of this step says why."
exit "$code"
