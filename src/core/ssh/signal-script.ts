import { quoteWords } from './shell-quoting.ts';
import type { StartMark } from './start-mark.ts';

/**
 * A script for a second channel that signals a command in the guest. Signals of the SSH protocol do not do: OpenSSH
 * ignores them before 7.9, dropbear signals only the shell.
 *
 * Who belongs to the command: its process, all descendants, and every process of its session, unless the session is
 * the one of this script too (a server that starts commands without a session of their own). What stands above the
 * command (sshd, sudo) is left alone and ends by itself. A process that moved to a session of its own and whose
 * parent ended has left, as `nohup setsid` means it to.
 *
 * mode `once` sends the signal. Mode `end` sends TERM, after `grace` tenths of a second KILL, and prints `term`,
 * `kill`, `gone`, or `left PID …`.
 * Only shell built-ins, sleep and, where kill is refused, sudo are used: a guest may have no ps, awk or pkill.
 */
const script = `
mode=$1 signal=$2 pid=$3 sid=$4 start=$5 user=$6 grace=$7
look() {
  { read -r line < "/proc/$1/stat"; } 2>/dev/null || return 1
  set -- \${line##*) }
  state=$1 parent=$2 session=$4 started=\${20}
  [ "$state" != Z ] && [ "$state" != X ]
}
own=
look $$ && own=$session
scan() {
  table= members=' ' ancestors=' '
  for directory in /proc/[0-9]*; do
    p=\${directory#/proc/}
    look "$p" || continue
    eval "parent_$p=$parent session_$p=$session started_$p=$started"
    table="$table $p"
  done
  case "$table " in *" $pid "*)
    eval "found=\\$started_$pid"
    if [ -z "$start" ] || [ "$found" = "$start" ]; then
      members=" $pid " q=$pid
      while :; do
        eval "q=\\\${parent_$q:-0}"
        [ "$q" -gt 1 ] || break
        case "$ancestors" in *" $q "*) break ;; esac
        ancestors="$ancestors$q "
      done
    fi ;;
  esac
  again=1
  while [ -n "$again" ]; do
    again=
    for p in $table; do
      case "$members$ancestors" in *" $p "*) continue ;; esac
      eval "up=\\$parent_$p inside=\\$session_$p"
      case "$members" in
        *" $up "*) ;;
        *) [ -n "$sid" ] && [ "$sid" != "$own" ] && [ "$inside" = "$sid" ] || continue ;;
      esac
      members="$members$p "
      again=1
    done
  done
}
send() {
  kill -s "$1" "$2" 2>/dev/null && return
  look "$2" || return
  sudo -n sh -c 'kill -s "$0" "$1"' "$1" "$2" >/dev/null 2>&1 && return
  [ -n "$user" ] && sudo -n -u "$user" sh -c 'kill -s "$0" "$1"' "$1" "$2" >/dev/null 2>&1
}
remember() {
  for p in $members; do
    eval "found=\\$started_$p"
    case "$known " in *" $p:$found "*) ;; *) known="$known $p:$found" ;; esac
  done
}
still() {
  alive=
  for entry in $known; do
    look "\${entry%%:*}" && [ "$started" = "\${entry#*:}" ] && alive="$alive \${entry%%:*}"
  done
  [ -n "$alive" ]
}
nap() {
  if sleep 0.1 2>/dev/null; then tick=$((tick + 1)); else sleep 1; tick=$((tick + 10)); fi
}
known=
scan
remember
if [ "$mode" = once ]; then
  for p in $members; do send "$signal" "$p"; done
  echo "sent$members"
  exit 0
fi
[ "$members" = ' ' ] && { echo gone; exit 0; }
for p in $members; do send TERM "$p"; done
tick=0
while [ "$tick" -lt "$grace" ]; do
  if ! still; then
    scan
    [ "$members" = ' ' ] && { echo term; exit 0; }
    remember
    for p in $members; do send TERM "$p"; done
  fi
  nap
done
tick=0
while [ "$tick" -lt 30 ]; do
  scan
  remember
  still || { echo kill; exit 0; }
  for p in $alive; do send KILL "$p"; done
  nap
done
still && { echo "left$alive"; exit 1; }
echo kill
`;

export type EndOutcome = 'term' | 'kill' | 'gone' | 'left' | 'unknown';

/** What the script printed, as its outcome. */
export function endOutcomeOf(text: string): EndOutcome {
  const word = text.trim().split(/\s/)[0];
  return word === 'term' || word === 'kill' || word === 'gone' || word === 'left' ? word : 'unknown';
}

/** For a message: the command … */
export function endOutcomeWords(outcome: EndOutcome, text: string): string {
  return {
    gone: 'had just ended',
    term: 'was ended with TERM',
    kill: 'was ended with KILL, as it did not heed TERM',
    left: `could not be ended; still running in the guest: pid ${text.replace(/^left /, '')}`,
    unknown: `may still run in the guest: ${text}`,
  }[outcome];
}

export interface SignalRequest {
  readonly mark: StartMark;
  /** `TERM`, without SIG. Ignored by mode `end`. */
  readonly signal: string;
  readonly mode: 'once' | 'end';
  readonly graceMs: number;
  readonly asUser: string | undefined;
}

/** The command that runs the script in the guest. */
export function signalCommand(request: SignalRequest): readonly string[] {
  const { mark } = request;
  const parameters = [
    request.mode,
    request.signal,
    String(mark.pid),
    mark.session === undefined ? '' : String(mark.session),
    mark.startTime ?? '',
    request.asUser ?? '',
    String(Math.ceil(request.graceMs / 100)),
  ];
  return ['sh', '-c', script.trim(), 'sh', ...parameters];
}

export function signalCommandLine(request: SignalRequest): string {
  return `exec ${quoteWords(signalCommand(request))}`;
}
