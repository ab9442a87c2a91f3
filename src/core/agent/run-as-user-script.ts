/**
 * What the guest agent starts, as root, for one command: standard output and error become files, the user's login
 * environment is made, and the process becomes the command. $1 files, $2 user, $3 `login` or `other`, $4 directory
 * ('' for the user's home), $5 token; the rest is the command. No process is started beside it: under emulation each
 * costs more than everything else here.
 *
 * PATH is what the SSH server of the guest gives (`login`), or sudo (`other`). What PAM reads is read as well.
 * util-linux's setpriv changes the user without PAM, su does it elsewhere (busybox's setpriv cannot).
 * What goes wrong before the command is told between two record separators, with the token, and ends with 125.
 */
export const runAsUserScript = `
exec >>"$1.out" 2>>"$1.err"
umask 022
wanted=$2 kind=$3 directory=$4 token=$5
shift 5
refuse() { printf '\\036%s:%s\\036' "$token" "$1" >&2; exit 125; }
user= home= shell=
while IFS=: read -r user _ uid gid _ home shell; do [ "$user" = "$wanted" ] && break; done </etc/passwd
if [ "$user" != "$wanted" ] && command -v getent >/dev/null; then
  IFS=: read -r user _ uid gid _ home shell <<EOF
$(getent passwd "$wanted")
EOF
fi
[ "$user" = "$wanted" ] || refuse "the guest has no user $wanted"
if [ "$kind" = other ] || [ "$uid" = 0 ]; then
  PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
elif [ ! -x /usr/sbin/sshd ]; then
  PATH=/usr/local/bin:/usr/bin:/bin:/usr/local/games:/usr/games
elif [ -d /usr/games ]; then
  PATH=/usr/local/bin:/usr/bin:/bin:/usr/games
else
  PATH=/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin
fi
export PATH
for file in /etc/environment /etc/default/locale /etc/locale.conf; do
  [ -s "$file" ] || continue
  while IFS='=' read -r name value; do
    case $name in '' | *[!A-Za-z0-9_]* | [0-9]*) continue ;; esac
    case $value in \\"*\\" | \\'*\\') value=\${value#?} value=\${value%?} ;; esac
    export "$name=$value"
  done <"$file"
done
HOME=$home USER=$user LOGNAME=$user SHELL=\${shell:-/bin/sh}
export HOME USER LOGNAME SHELL
unset name value file wanted kind token OLDPWD
cd -- "$home" 2>/dev/null || cd /
inner='[ -z "$1" ] || CDPATH= cd -- "$1" || exit 126; shift; exec "$@"'
if [ -x /usr/bin/setpriv ] && ! [ /usr/bin/setpriv -ef /bin/busybox ]; then
  set -- "$directory" "$@"
  [ -n "$directory" ] || command -v -- "$2" >/dev/null 2>&1 || { shift; exec "$@"; }
  if [ -n "$directory" ]; then set -- sh -c "$inner" sh "$@"; else shift; fi
  exec /usr/bin/setpriv --reuid "$uid" --regid "$gid" --init-groups -- "$@"
fi
exec su -m -s /bin/sh -c "$inner" -- "$user" sh "$directory" "$@"
`.trim();
