#!/usr/bin/env bash
# `make perf-test`: runs the workloads, compares them with those of the last release, and says which it is.
#   perf-test.sh PROGRAM [WORD…] [-- WORD…]     words behind `--` go to `bench run` (--image debian-12, --host)
#   HARVEY_PERF_DIR    workloads.yaml (otherwise those that come with sysmonvm) and baselines/<tag>/<arch>, a file (.json,
#                      .yaml, .yml) or a directory
#   LAST_RELEASE_TAG   default: the last tag of git
#   TARGET_ARCH        default: this machine's
# Writes perf_results and, unless all is well, perf_regression_report.html, both in the current directory.
# Exit codes: 0 passed, 1 regressed or a workload failed, 10 inconclusive, others: nothing was judged.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

program=()
while [ "$#" -gt 0 ] && [ "$1" != -- ]; do
  program+=("$1")
  shift
done
[ "$#" -eq 0 ] || shift

stop() {
  printf 'perf-test: %s\n' "$1" >&2
  exit 2
}
[ "${#program[@]}" -gt 0 ] || stop 'no program was named: perf-test.sh node dist/cli/main.js'

arch=${TARGET_ARCH:-$(uname -m)}
[ "$arch" != arm64 ] || arch=aarch64
tag=${LAST_RELEASE_TAG:-$(git describe --tags --abbrev=0 2>/dev/null || true)}
[ -n "$tag" ] || stop 'there is no tag to compare with: make perf-test LAST_RELEASE_TAG=v1.0.0'
folder=${HARVEY_PERF_DIR:-test/performance}
results=perf_results
report=perf_regression_report.html

# Before minutes are spent on something that cannot be judged.
baseline=
for candidate in "$folder/baselines/$tag/$arch"{,.json,.yaml,.yml}; do
  if [ -e "$candidate" ]; then
    baseline=$candidate
    break
  fi
done
[ -n "$baseline" ] || stop "there is no baseline $folder/baselines/$tag/$arch (directory, .json, .yaml, .yml); nothing was run.
Make one on the machine that releases are measured on:
  ${program[*]} bench run --output-dir $results
  ${program[*]} bench baseline set --help"

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
rm -f "$report"

words=("--output-dir=$results")
[ ! -e "$folder/workloads.yaml" ] || words+=("--workloads=$folder/workloads.yaml")
[ -z "${TARGET_ARCH:-}" ] || words+=("--arch=$arch")
ran=0
"${program[@]}" bench run "${words[@]}" "$@" --json >"$scratch/run.json" || ran=$?
result=$(node "$here/ci/json-value.mjs" "$scratch/run.json" path) || {
  echo 'perf-test: the workloads left no result; nothing was compared.' >&2
  [ "$ran" -ne 0 ] || ran=70
  exit "$ran"
}

judged=0
"${program[@]}" bench gate "--current=$result" "--baseline=$baseline" "--report=$scratch/report" || judged=$?
case $judged,$ran in
0,0)
  echo 'Performance tests passed.'
  exit 0
  ;;
0,*) echo "A workload failed or missed a criterion (bench run ended with $ran); compared with $tag nothing regressed." ;;
1,*) echo 'Performance regression detected!' ;;
10,*) echo 'Inconclusive: the data neither show a regression nor exclude one.' ;;
*)
  echo "perf-test: nothing was judged (bench gate ended with $judged)." >&2
  exit "$judged"
  ;;
esac

if [ -f "$scratch/report/report.html" ]; then
  cp "$scratch/report/report.html" "$report"
  echo "The comparison is in $report."
else
  echo "perf-test: the report could not be made, so there is no $report." >&2
fi
[ "$judged" -ne 0 ] || judged=1
exit "$judged"
