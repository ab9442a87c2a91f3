/**
 * The sh between us and a program that must not outlive us. Its input is a pipe into which nobody writes: when that
 * ends, which it does even if we are killed, the program is killed. Arguments: the program and its arguments.
 *
 * A shell gives its background commands an empty input, hence the copy of ours; its own words ("Killed") are not the
 * program's. The pid of the program is written to descriptor 5, for who opened it.
 */
export const watchdogScript = `exec 3<&0 4>&2 2>/dev/null
"$@" 3<&- </dev/null 2>&4 4>&- 5>&- &
program=$!
echo "$program" >&5
exec 5>&-
(read -r _ <&3; kill -KILL "$program") >/dev/null 4>&- &
reader=$!
wait "$program"
code=$?
kill "$reader"
exit "$code"`;
