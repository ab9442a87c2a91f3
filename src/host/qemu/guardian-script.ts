/**
 * The sh parent of QEMU. It outlives us, and it is the only one who can know QEMU's exit status when no process of
 * ours is alive. Arguments: run directory, run id, how many bytes console.log may have, then the program and its
 * arguments.
 *
 * The ticket makes the launch revocable: whoever renames it first decides. The guardian starts the program only
 * when the ticket was still there; a recovering command that takes it knows that nothing will ever start.
 *
 * A second sh looks at console.log every few seconds, because a guest may print for months. QEMU appends (O_APPEND),
 * so the file can be emptied under it: what it had is console.old.log then, and the beginning of the very first part
 * stays as console.first.log. What comes between the copy and the emptying is lost.
 */
export const guardianScript = `
directory=$1; run=$2; limit=$3; shift 3
mv "$directory/$run.ticket" "$directory/$run.taken" 2>/dev/null || exit 0
"$@" </dev/null >>"$directory/qemu.log" 2>&1 &
pid=$!
echo "$$ $pid" >"$directory/$run.pids.tmp" && mv "$directory/$run.pids.tmp" "$directory/$run.pids"
(
  nap=
  trap 'kill $nap; exit' TERM
  log="$directory/console"
  while kill -0 $$ && kill -0 "$pid"; do
    sleep 5 & nap=$!
    wait "$nap"
    [ -f "$log.log" ] || continue
    [ "$(($(wc -c <"$log.log")))" -gt "$limit" ] || continue
    if [ -f "$log.old.log" ] && [ ! -f "$log.first.log" ]; then
      head -c $((limit / 8)) "$log.old.log" >"$log.first.log"
    fi
    if cp "$log.log" "$log.old.tmp"; then mv "$log.old.tmp" "$log.old.log"; else rm -f "$log.old.tmp"; fi
    : >"$log.log"
  done
) >/dev/null 2>&1 &
keeper=$!
wait "$pid"
code=$?
echo "$code $(date +%s)" >"$directory/$run.exit.tmp" && mv "$directory/$run.exit.tmp" "$directory/$run.exit"
kill "$keeper" 2>/dev/null && wait "$keeper"
`;
