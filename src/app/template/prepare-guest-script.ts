/** Runs in the guest as root: what matters of it, as `name=value` lines. */
export const guestFactsScript = `
for python in python3 /usr/libexec/platform-python; do
  "$python" -c 'import base64, fcntl, json, select, signal, struct, subprocess' >/dev/null 2>&1 || continue
  echo "python=$(command -v "$python")"
  break
done
while read -r _ directory type _; do
  case $type in 9p | virtiofs) echo "share=$directory ($type)" ;; esac
done </proc/mounts
if [ -s /run/dropbear.pid ] && [ -e /etc/dropbear/host_ed25519 ]; then
  echo 'ssh=dropbear'
  echo 'key=/etc/dropbear/host_ed25519'
else
  ssh='openssh'
  for session in /usr/lib/openssh/sshd-session /usr/libexec/openssh/sshd-session /usr/lib/ssh/sshd-session; do
    [ ! -e "$session" ] || ssh='openssh-session'
  done
  echo "ssh=$ssh"
  key=$(PATH=$PATH:/usr/sbin sshd -T 2>/dev/null | sed -n 's/^hostkey //p' | grep ed25519 | head -n 1)
  echo "key=\${key:-/etc/ssh/ssh_host_ed25519_key}"
fi
if [ -d /run/systemd/system ]; then
  echo 'systemd=yes'
  systemctl list-units --type=service --state=running --no-legend --plain | while read -r unit _; do
    case $unit in sysmonvm-renewal.service) ;; *) echo "service=$unit" ;; esac
  done
else
  for stat in /proc/[0-9]*/stat; do
    read -r _ name _ parent group _ <"$stat" || continue
    [ "$parent" != 1 ] || [ "$group" = 0 ] || echo "service=$name" | tr -d '()'
  done 2>/dev/null
fi
`;

/**
 * Runs in the guest as root: what is still going on, one reason a line, with a word that tells its kind.
 */
export const guestBusyScript = `
if { [ -d /run/cloud-init ] || command -v cloud-init >/dev/null 2>&1; } &&
  [ ! -s /run/cloud-init/result.json ] && [ ! -f /run/cloud-init/disabled ]; then
  echo 'must cloud-init has not finished'
fi
for comm in /proc/[0-9]*/comm; do
  read -r name <"$comm" || continue
  case $name in
    apt | apt-get | aptitude | dpkg | dnf | dnf-* | yum | rpm | zypper | unattended-upgr*) echo "must $name is at work" ;;
  esac
done 2>/dev/null
if [ -d /run/systemd/system ]; then
  systemctl list-jobs --no-legend --plain | while read -r _ unit _; do echo "should systemd has a job for $unit"; done
  state=$(systemctl is-system-running)
  case $state in running | degraded) ;; *) echo "should systemd is $state" ;; esac
fi
`;

/**
 * Runs in the guest as root: starts the renewal program, an older one is ended ($1 interpreter, $2 file to take,
 * $3 directory for the files of the agent's commands).
 */
export const startRenewalScript = `
set -eu
umask 077
mkdir -p /run/sysmonvm "$3"
[ -z "$2" ] || { cat "$2" >/run/sysmonvm/renewal.py; rm -f "$2"; }
if [ -d /run/systemd/system ]; then
  systemctl stop sysmonvm-renewal.service >/dev/null 2>&1 || true
  exec systemd-run --quiet --collect --unit=sysmonvm-renewal --property=OOMScoreAdjust=-900 --property=Nice=-15 "$1" /run/sysmonvm/renewal.py
fi
if [ -s /run/sysmonvm/renewal.pid ]; then
  read -r old </run/sysmonvm/renewal.pid
  if grep -q renewal.py "/proc/$old/cmdline" 2>/dev/null; then kill "$old"; fi
fi
# $$ and $0 are the inner shell's
# shellcheck disable=SC2016
setsid sh -c 'echo $$ >/run/sysmonvm/renewal.pid; exec "$0" /run/sysmonvm/renewal.py' "$1" </dev/null >/run/sysmonvm/renewal.log 2>&1 &
`;

/** Runs in the guest as root: what no fork should have, and what a frozen memory need not hold ($1 login user). */
export const tidyGuestScript = `
home=$(sed -n "s/^$1:[^:]*:[^:]*:[^:]*:[^:]*:\\([^:]*\\):.*/\\1/p" /etc/passwd)
for directory in "$home" /root; do
  [ -n "$directory" ] || continue
  rm -f "$directory/.bash_history" "$directory/.ash_history" "$directory/.sh_history" "$directory/.zsh_history"
done
sync
echo 3 >/proc/sys/vm/drop_caches
`;
