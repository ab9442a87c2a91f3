#!/usr/bin/env bash
# Step "measure" of action.yml: boots ISO_PATH or IMAGE ITERATIONS times. An input reaches the program as one word,
# joined to its option, so that it is neither read by a shell nor taken for another option.
# Outputs `directory` (artifacts of this guest and architecture) and `result` (values of this run), also when no boot was
# completed; the exit code is the program's.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=/dev/null
. "$here/workflow-commands.sh"

[ -n "${ISO_PATH:-}" ] || [ -n "${IMAGE:-}" ] || refuse 'Say what to boot: iso_path or image.'
[ -z "${ISO_PATH:-}" ] || [ -z "${IMAGE:-}" ] || refuse 'iso_path and image exclude each other.'

words=(bench boot --json)
[ -z "${ISO_PATH:-}" ] || words+=("--iso=$ISO_PATH")
[ -z "${IMAGE:-}" ] || words+=("--image=$IMAGE")
[ -z "${ARCH:-}" ] || words+=("--arch=$ARCH")
words+=("--iterations=${ITERATIONS:-5}")
[ -z "${LABEL:-}" ] || words+=("--label=$LABEL")
words+=("--out=${OUTPUT_DIR:-metrics}")
[ -z "${GITHUB_SHA:-}" ] || words+=("--commit=$GITHUB_SHA")

document=${RUNNER_TEMP:-/tmp}/sysmonvm-boot-$$.json
trap 'rm -f "$document"' EXIT

code=0
document_of "$document" "${SYSMONVM:?}" "${words[@]}" || code=$?
set_output directory "$(node "$here/json-value.mjs" "$document" directory || true)"
set_output result "$(node "$here/json-value.mjs" "$document" resultPath || true)"
[ "$code" -eq 0 ] || announce error "bench boot ended with $code; the log of this step says why."
exit "$code"
