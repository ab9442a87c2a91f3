#!/usr/bin/env bash
# Step "gate" of action.yml: judges what was measured by every baseline that there is.
#   BASELINE_MS             a boot time, compared with the last boot
#   BASELINE_SUMMARY_JSON   a file: `{"avg_ms": …}` is compared with the average of summary.json, a result or a baseline
#                           with its samples with those of this run
#   BASELINE_FILE           the one of the repository (default: baselines/<arch>.json), taken when BASELINE_SUMMARY_JSON is
#                           empty and the file is there
#   INCONCLUSIVE            `warn`: a verdict that the data do not allow ends with 0, and is still told
# A gate without any baseline is skipped in so many words; a file that was asked for and is not there is an error.
# Outputs `verdict` (passed, regressed, inconclusive, skipped, error), `comparison` and `comparison-ms` (files).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=/dev/null
. "$here/workflow-commands.sh"

: "${SYSMONVM:?}" "${MEASURED_DIR:?}" "${RESULT:?}"
verdict=skipped
exit_code=none

rank() {
  case $1 in
  none) echo 0 ;;
  0) echo 1 ;;
  10) echo 2 ;;
  1) echo 4 ;;
  *) echo 3 ;;
  esac
}

# The worst of several counts: regressed, then nothing judged, inconclusive, passed.
take() {
  [ "$(rank "$1")" -gt "$(rank "$exit_code")" ] || return 0
  exit_code=$1
  case $1 in
  0) verdict=passed ;;
  10) verdict=inconclusive ;;
  1) verdict=regressed ;;
  *) verdict=error ;;
  esac
}

# judge OUTPUT DIRECTORY WORD…: one gate, its report beside the artifacts, above all when it says that something regressed.
judge() {
  local output=$1 directory=$2 code=0
  local comparison=$directory/comparison.json
  shift 2
  [ -z "${TOLERANCE:-}" ] || set -- "$@" "--tolerance=$TOLERANCE"
  rm -f "$comparison"
  without_commands "$SYSMONVM" bench gate "$@" "--report=$directory" || code=$?
  if [ -f "$comparison" ] && node "$here/json-value.mjs" "$comparison" verdict >/dev/null; then
    set_output "$output" "$comparison"
  else
    # 0 and 1 say something only together with a verdict.
    [ "$code" -gt 1 ] || code=70
    announce error "bench gate gave no verdict ($code)."
  fi
  take "$code"
}

file=${BASELINE_SUMMARY_JSON:-}
of_repository=${BASELINE_FILE:-baselines/$(basename "$MEASURED_DIR").json}
if [ -z "$file" ] && [ -e "$of_repository" ]; then file=$of_repository; fi

baseline_ms=${BASELINE_MS:-}
if [[ $baseline_ms =~ ^[[:space:]]*$ ]]; then baseline_ms=; fi

if [ -z "$baseline_ms" ] && [ -z "$file" ]; then
  announce notice "Gate skipped: baseline_ms and baseline_summary_json are empty, and there is no file $of_repository. Nothing was judged."
fi
if [ -n "$baseline_ms" ]; then
  judge comparison-ms "$MEASURED_DIR/report-baseline-ms" \
    "--metrics=$MEASURED_DIR/boot_time.json" "--baseline-ms=$baseline_ms"
fi
if [ -n "$file" ]; then
  printf 'Baseline: %q\n' "$file"
  if node "$here/json-value.mjs" "$file" avg_ms >/dev/null; then
    judge comparison "$MEASURED_DIR/report" "--summary=$MEASURED_DIR/summary.json" "--baseline=$file"
  else
    judge comparison "$MEASURED_DIR/report" "--current=$RESULT" "--baseline=$file"
  fi
fi

set_output verdict "$verdict"
printf 'Verdict: %s\n' "$verdict"
case $verdict in
regressed) announce error 'Regressed: see the comparison in the summary and in the artifacts.' ;;
inconclusive)
  if [ "${INCONCLUSIVE:-fail}" = warn ]; then
    announce warning 'Inconclusive: the data neither show a regression nor exclude one.'
    exit 0
  fi
  announce error 'Inconclusive: the data neither show a regression nor exclude one.'
  ;;
error) announce error 'Nothing was judged: the log of this step says why.' ;;
esac
[ "$exit_code" != none ] || exit 0
exit "$exit_code"
