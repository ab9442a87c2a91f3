/**
 * The sh parent of QEMU. It outlives us, and it is the only one who can know QEMU's exit status when no process of
 * ours is alive. Arguments: run directory, run id, then the program and its arguments.
 *
 * The ticket makes the launch revocable: whoever renames it first decides. The guardian starts the program only
 * when the ticket was still there; a recovering command that takes it knows that nothing will ever start.
 */
export const guardianScript = `
directory=$1; run=$2; shift 2
mv "$directory/$run.ticket" "$directory/$run.taken" 2>/dev/null || exit 0
"$@" </dev/null >>"$directory/qemu.log" 2>&1 &
pid=$!
echo "$$ $pid" >"$directory/$run.pids.tmp" && mv "$directory/$run.pids.tmp" "$directory/$run.pids"
wait "$pid"
code=$?
echo "$code $(date +%s)" >"$directory/$run.exit.tmp" && mv "$directory/$run.exit.tmp" "$directory/$run.exit"
`;
