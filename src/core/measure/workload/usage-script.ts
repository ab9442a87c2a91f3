/**
 * Runs a program of a guest and notes before, twice a second meanwhile, and afterwards the memory that is available
 * (KiB, `-` when the kernel does not tell) and the times of the processors, one line each. Only builtins look, so that
 * looking costs next to nothing. $1: file for the lines; the rest: the program, whose exit code becomes ours.
 */
export const usageScript = `report=$1
shift
look() {
  available=-
  cpu=
  while read -r key value _; do
    if [ "$key" = MemAvailable: ]; then available=$value; break; fi
  done </proc/meminfo
  read -r cpu </proc/stat
  echo "$available $cpu"
}
look >"$report" 2>/dev/null
(
  while kill -0 "$$"; do
    sleep 0.5 || sleep 1
    look >>"$report"
  done
) >/dev/null 2>&1 </dev/null &
watcher=$!
"$@"
code=$?
kill "$watcher" 2>/dev/null
look >>"$report" 2>/dev/null
exit "$code"`;
