/**
 * The sh between us and a program whose whole group must not outlive us. Its input is a pipe into which nobody writes:
 * when that ends, which it does even if we are killed, the group is killed. TERM is for the program, whose end this
 * waits for. Then it writes the processor times of everything that was waited for, and ends what was left behind.
 *
 * $1: file for the times; the rest: the program. The name after -c tells these shells from the program.
 */
export const programScript = `report=$1
shift
trap : TERM
exec 3<&0 4>&2 2>/dev/null
"$@" 3<&- </dev/null 2>&4 4>&- &
program=$!
(trap - TERM; read -r _ <&3; kill -KILL 0) >/dev/null 4>&- &
wait "$program"
code=$?
while kill -0 "$program"; do
  wait "$program"
  code=$?
done
times >"$report"
trap '' TERM
kill -TERM 0
exit "$code"`;

export const programScriptName = 'sysmonvm-workload';
