#!/usr/bin/env bash
# Compares the frequency that the checker reports of each CPU with the cycles that perf counts (else with what cpupower
# reads from the hardware) over the same time, all CPUs loaded. For real hardware; as root.
set -euo pipefail
export LC_ALL=C

usage='Usage: calibrate-frequency.sh [--checker FILE] [--seconds N] [--limit PERCENT] [--governor NAME]

  --checker FILE     default: serviceradar-sysmon-vm
  --seconds N        of load and measurement (default: 20)
  --limit PERCENT    a difference that is still right (default: 5)
  --governor NAME    set it on every CPU meanwhile; the former ones come back

Exit codes: 0 within the limit, 1 beyond it, 2 wrong usage, 4 a program is missing, 10 nothing to compare'

checker=serviceradar-sysmon-vm seconds=20 limit=5 governor=
while [ $# -gt 0 ]; do
  case $1 in
    -h | --help) echo "$usage"; exit 0 ;;
    --checker | --seconds | --limit | --governor)
      [ $# -ge 2 ] || { printf '%s needs a value\n\n%s\n' "$1" "$usage" >&2; exit 2; }
      declare "${1#--}=$2"
      shift 2
      ;;
    *) printf 'unknown: %s\n\n%s\n' "$1" "$usage" >&2; exit 2 ;;
  esac
done
[[ $seconds =~ ^[1-9][0-9]*$ ]] || { echo "--seconds: $seconds is not a number of seconds" >&2; exit 2; }
[[ $limit =~ ^[0-9]+(\.[0-9]+)?$ ]] || { echo "--limit: $limit is not a number of percent" >&2; exit 2; }
for program in "$checker" jq awk; do
  command -v "$program" >/dev/null || { echo "$program is missing" >&2; exit 4; }
done

sys=${SYSMONVM_SYSFS:-/sys}/devices/system/cpu
work=$(mktemp -d)
declare -A governors=()
loaders=()
restore() {
  for file in "${!governors[@]}"; do echo "${governors[$file]}" >"$file" || true; done
  [ ${#loaders[@]} -eq 0 ] || kill "${loaders[@]}" 2>/dev/null || true
  wait 2>/dev/null || true
  rm -rf "$work"
}
trap restore EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

if [ -n "$governor" ]; then
  for file in "$sys"/cpu[0-9]*/cpufreq/scaling_governor; do
    [ -w "$file" ] || { echo "no governor can be set here: $file" >&2; exit 4; }
    governors[$file]=$(<"$file")
    echo "$governor" >"$file"
  done
fi

for _ in $(seq "$(nproc)"); do
  bash -c 'while :; do :; done' &
  loaders+=($!)
done
sleep 2

# CPU, cycles a second: of a CPU that is never idle that is its clock.
by_perf() {
  command -v perf >/dev/null || return 1
  perf stat --all-cpus --no-aggr --field-separator , --event cycles --output "$work/perf" -- sleep "$seconds" || return 1
  awk -F, -v s="$seconds" '/^CPU[0-9]+,[0-9]+,/ { print substr($1, 4), $2 / s }' "$work/perf" >"$work/reference"
  [ -s "$work/reference" ]
}
by_cpupower() {
  command -v cpupower >/dev/null || return 1
  cpupower --cpu all frequency-info --hwfreq >"$work/cpupower" || return 1
  awk '/^analyzing CPU/ { sub(":", "", $3); cpu = $3 } /asserted by call to hardware/ {
    for (i = 1; i < NF; i++) if ($(i + 1) ~ /^[GMk]Hz$/) {
      unit = $(i + 1); print cpu, $i * (unit == "GHz" ? 1e9 : unit == "MHz" ? 1e6 : 1e3) } }' "$work/cpupower" >"$work/reference"
  [ -s "$work/reference" ]
}
sample() {
  while :; do "$checker" --sample >>"$work/samples" 2>>"$work/errors" || true; sleep 1; done
}

sample &
loaders+=($!)
reference='cycles by perf'
if ! by_perf 2>"$work/perf-errors"; then
  reference='hardware by cpupower'
  sleep "$seconds"
  by_cpupower 2>>"$work/perf-errors" || reference=
fi
kill "${loaders[@]}" 2>/dev/null || true
wait 2>/dev/null || true
loaders=()

[ -s "$work/samples" ] || { echo "the checker gave no sample: $(tail -n 1 "$work/errors")" >&2; exit 4; }
jq --raw-output '.sysmonvm.frequency as $of | .status.cpus[] | select(.frequency_hz != null) | .core_id as $id
  | [$id, .frequency_hz, ($of[] | select(.core_id == $id) | .source, .quality)] | @tsv' "$work/samples" >"$work/checker"
if [ ! -s "$work/checker" ]; then
  echo 'nothing to compare: the checker knows no frequency here, and says none'
  exit 10
fi
if [ -z "$reference" ]; then
  echo 'nothing to compare with: perf counts no cycles here, and cpupower reads none'
  awk '{ print "CPU " $1 ": " int($2 / 1e6) " MHz, " $3 ", " $4 }' "$work/checker" | sort -u -k 2,2n
  exit 10
fi

echo "checker against $reference, $seconds s, limit $limit %"
awk -v limit="$limit" '
  NR == FNR { wanted[$1] = $2; next }
  { sum[$1] += $2; count[$1]++; about[$1] = $3 " " $4; if ($4 == "synthetic") synthetic[$1] = 1 }
  END {
    printf "%3s %12s %12s %10s  %s\n", "CPU", "CHECKER MHz", "MHz", "DIFFERENCE", "SOURCE"
    for (cpu = 0; cpu < 4096; cpu++) {
      if (!(cpu in sum) || !(cpu in wanted)) continue
      is = sum[cpu] / count[cpu]
      off = 100 * (is - wanted[cpu]) / wanted[cpu]
      verdict = ""
      if (cpu in synthetic) verdict = "  (no clock: not judged)"
      else { compared++; if (off > limit || off < -limit) { beyond++; verdict = "  BEYOND" } }
      printf "%3d %12.0f %12.0f %8.1f %%  %s%s\n", cpu, is / 1e6, wanted[cpu] / 1e6, off, about[cpu], verdict
    }
    if (!compared) { print "nothing to compare: no CPU has a clock that both know"; exit 10 }
    if (beyond) { print beyond " of " compared " beyond the limit"; exit 1 }
    print compared " within the limit"
  }' "$work/reference" "$work/checker"
