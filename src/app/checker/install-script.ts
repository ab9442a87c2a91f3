/** Scripts of vm-install. Each runs in the guest as root. */

/** What is there: `name=value` lines. */
export const checkerFactsScript = `
binary=/usr/local/bin/serviceradar-sysmon-vm
etc=/etc/serviceradar/checkers
unit=serviceradar-sysmon-vm.service
digest() { [ ! -f "$2" ] || echo "digest.$1=$(sha256sum <"$2" | cut -d ' ' -f 1)"; }
digest binary "$binary"
digest config "$etc/sysmon-vm.json"
digest unit "/etc/systemd/system/$unit"
for name in ca.pem server.pem server-key.pem; do digest "$name" "$etc/sysmon-vm-tls/$name"; done
[ ! -d /var/lib/sysmon-vm-former ] || echo 'unfinished=yes'
if [ -d /run/systemd/system ]; then
  echo 'systemd=yes'
  systemctl show "$unit" -p ActiveState -p NRestarts -p UnitFileState
fi
`;

/** How its service does, without reading a hundred megabytes. */
export const checkerServiceScript = `
systemctl show serviceradar-sysmon-vm.service -p ActiveState -p NRestarts
`;

/** The last lines of the service's journal. */
export const checkerJournalScript = `
journalctl --unit serviceradar-sysmon-vm.service --lines 15 --output cat --no-pager 2>&1
`;

/** Unpacks the executable beside its place and tries it ($1 folder of the upload, $2 its SHA-256). */
export const unpackCheckerScript = `
set -eu
new=/usr/local/bin/.serviceradar-sysmon-vm.new
mkdir -p /usr/local/bin
rm -f "$new"
trap '[ -n "\${good:-}" ] || rm -f "$new"' EXIT
gzip -dc "$1/checker.gz" >"$new"
rm -f "$1/checker.gz"
found=$(sha256sum <"$new" | cut -d ' ' -f 1)
[ "$found" = "$2" ] || { echo "the executable arrived as $found, not as $2" >&2; exit 1; }
chmod 0755 "$new"
status=0
words=$("$new" --version 2>&1 </dev/null) || status=$?
[ "$status" -lt 126 ] || { echo "the executable does not run here ($status): $words" >&2; exit 1; }
good=yes
`;

/**
 * Puts everything in its place ($1 folder of the upload, $2 user of the service, $3 yes: with a service). What is there
 * is kept aside until its successor was seen to work; that of an earlier attempt is not replaced.
 */
export const placeCheckerScript = `
set -eu
umask 022
binary=/usr/local/bin/serviceradar-sysmon-vm
etc=/etc/serviceradar/checkers
unit=serviceradar-sysmon-vm.service
former=/var/lib/sysmon-vm-former
if [ ! -d "$former" ]; then
  rm -rf "$former.new"
  mkdir -m 0700 "$former.new"
  if [ -f "$binary" ]; then
    ln -f "$binary" "$binary.former"
    [ ! -f "$etc/sysmon-vm.json" ] || cp -p "$etc/sysmon-vm.json" "$former.new/"
    [ ! -d "$etc/sysmon-vm-tls" ] || cp -pR "$etc/sysmon-vm-tls" "$former.new/"
    [ ! -f "/etc/systemd/system/$unit" ] || cp -p "/etc/systemd/system/$unit" "$former.new/"
  else
    : >"$former.new/nothing"
  fi
  mv "$former.new" "$former"
fi
owner=root
if [ "$3" = yes ]; then
  id -u "$2" >/dev/null 2>&1 ||
    useradd --system --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin "$2"
fi
if id -u "$2" >/dev/null 2>&1; then owner=$2; fi
mkdir -p "$etc"
[ ! -f /usr/local/bin/.serviceradar-sysmon-vm.new ] || mv -f /usr/local/bin/.serviceradar-sysmon-vm.new "$binary"
chown root:root "$binary"
install -m 0640 -o root -g "$owner" "$1/sysmon-vm.json" "$etc/sysmon-vm.json"
rm -rf "$etc/sysmon-vm-tls"
if [ -d "$1/tls" ]; then
  mkdir -m 0750 "$etc/sysmon-vm-tls"
  chown "root:$owner" "$etc/sysmon-vm-tls"
  install -m 0600 -o "$owner" -g "$owner" "$1"/tls/* "$etc/sysmon-vm-tls/"
fi
if [ "$3" = yes ]; then
  install -m 0644 "$1/$unit" "/etc/systemd/system/$unit"
  systemctl daemon-reload
  systemctl enable --quiet "$unit"
  # The count of restarts is the former one's until then.
  systemctl stop "$unit"
  systemctl reset-failed "$unit" 2>/dev/null || true
  systemctl start "$unit"
fi
`;

/** The new one works: what was before goes. */
export const keepCheckerScript = `
rm -rf /var/lib/sysmon-vm-former /usr/local/bin/serviceradar-sysmon-vm.former
`;

/** Everything of it goes; tells what ($1 user of the service). */
export const removeCheckerScript = `
set -eu
unit=serviceradar-sysmon-vm.service
if [ -d /run/systemd/system ] && [ -f "/etc/systemd/system/$unit" ]; then
  systemctl disable --now --quiet "$unit" || true
fi
for path in "/etc/systemd/system/$unit" /usr/local/bin/serviceradar-sysmon-vm \
  /usr/local/bin/serviceradar-sysmon-vm.former /usr/local/bin/.serviceradar-sysmon-vm.new \
  /etc/serviceradar/checkers/sysmon-vm.json /etc/serviceradar/checkers/sysmon-vm-tls /var/lib/sysmon-vm-former; do
  [ -e "$path" ] || continue
  rm -rf "$path"
  echo "$path"
done
rmdir /etc/serviceradar/checkers /etc/serviceradar 2>/dev/null || true
if [ -d /run/systemd/system ]; then
  systemctl daemon-reload
  systemctl reset-failed "$unit" 2>/dev/null || true
fi
if id -u "$1" >/dev/null 2>&1; then
  userdel "$1"
  echo "user $1"
fi
`;

/** What was there before comes back and is started. `nothing`: there was none. */
export const restoreCheckerScript = `
set -eu
binary=/usr/local/bin/serviceradar-sysmon-vm
etc=/etc/serviceradar/checkers
unit=serviceradar-sysmon-vm.service
former=/var/lib/sysmon-vm-former
if [ -e "$former/nothing" ] || [ ! -f "$binary.former" ]; then
  echo 'nothing'
  exit 0
fi
systemctl stop "$unit" 2>/dev/null || true
systemctl reset-failed "$unit" 2>/dev/null || true
# One file under two names, when only the configuration was another; mv refuses that.
if [ "$(stat -c %i "$binary.former")" = "$(stat -c %i "$binary")" ]; then rm "$binary.former"
else mv -f "$binary.former" "$binary"; fi
rm -rf "$etc/sysmon-vm-tls" "$etc/sysmon-vm.json" "/etc/systemd/system/$unit"
for name in sysmon-vm.json sysmon-vm-tls; do
  [ ! -e "$former/$name" ] || cp -pR "$former/$name" "$etc/"
done
[ ! -e "$former/$unit" ] || cp -p "$former/$unit" "/etc/systemd/system/$unit"
systemctl daemon-reload
[ ! -e "$former/$unit" ] || systemctl start "$unit"
rm -rf "$former"
echo 'restored'
`;
