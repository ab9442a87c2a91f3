/**
 * What every script of a step begins with. $1 family, $2 login user, $3 file with the step's input ('' for none).
 * A check or verify script ends with 0: it is so (its last line is the detail), 10: it is not so yet, 77: it cannot
 * be so here (its last line is the reason); an apply script ends with 0 or 77. Anything else is a failure.
 */
export const stepPreludeScript = `
export DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=a LC_ALL=C
umask 022
family=$1
to_do() { echo "$*"; exit 10; }
not_applicable() { echo "$*"; exit 77; }
has_systemd() { [ -d /run/systemd/system ]; }
missing() {
  for wanted in "$@"; do command -v "$wanted" >/dev/null 2>&1 || printf ' %s' "$wanted"; done
}
write_file() {
  mkdir -p "\${1%/*}" && cat >"$1.sysmonvm-new" && chmod 644 "$1.sysmonvm-new" && mv "$1.sysmonvm-new" "$1"
}
# The lines between our marks of file $1.
marked_lines() { sed -n '/^# sysmonvm begin$/,/^# sysmonvm end$/{//!p;}' "$1" 2>/dev/null; }
# Takes our lines out of file $1, if there are any.
unmark() { [ ! -e "$1" ] || sed -i '/^# sysmonvm begin$/,/^# sysmonvm end$/d' "$1"; }
apt_get() {
  apt-get -q -y -o DPkg::Lock::Timeout=300 -o APT::Update::Error-Mode=any \\
    -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@"
}
# Lists of packages not older than an hour; what an earlier apt left half done is finished first.
refresh_lists() {
  [ -z "$(dpkg --audit)" ] || dpkg --configure -a || return
  [ -z "$(find /run/sysmonvm-lists -mmin -60 2>/dev/null)" ] || return 0
  apt_get update && : >/run/sysmonvm-lists
}
install_packages() {
  if [ "$family" = el ]; then
    dnf -y --setopt=install_weak_deps=False install "$@"
  else
    refresh_lists && apt_get install --no-install-recommends "$@"
  fi
}
`;
