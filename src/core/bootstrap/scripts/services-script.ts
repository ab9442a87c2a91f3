/** Debian calls the unit chrony, and has chronyd as another name, which cannot be enabled. */
export const clockCheckScript = `
has_systemd || not_applicable 'the guest has no systemd to run chronyd'
command -v chronyd >/dev/null 2>&1 || to_do 'chrony is not installed'
unit=chrony
systemctl cat chrony.service >/dev/null 2>&1 || unit=chronyd
systemctl -q is-enabled "$unit" || to_do "$unit is not enabled"
systemctl -q is-active "$unit" || to_do "$unit does not run"
leap=$(chronyc -n tracking 2>/dev/null | sed -n 's/^Leap status *: //p')
echo "$unit runs at every boot; synchronisation: \${leap:-unknown}"
`;

export const clockApplyScript = `
command -v chronyd >/dev/null 2>&1 || install_packages chrony || exit
unit=chrony
systemctl cat chrony.service >/dev/null 2>&1 || unit=chronyd
systemctl enable --now "$unit"
`;

/** The login user of the VM may be root: then root keeps its key. */
export const sshCheckScript = `
sshd=$(command -v sshd || echo /usr/sbin/sshd)
[ -x "$sshd" ] || not_applicable 'the guest has no OpenSSH server'
root=no
[ "$2" != root ] || root=prohibit-password
settings=$("$sshd" -T) || exit
for setting in 'passwordauthentication no' 'kbdinteractiveauthentication no' 'pubkeyauthentication yes'; do
  echo "$settings" | grep -qx "$setting" || to_do "sshd does not say: $setting"
done
case $root:$(echo "$settings" | sed -n 's/^permitrootlogin //p') in
  no:no | prohibit-password:prohibit-password | prohibit-password:without-password) ;;
  *) to_do 'sshd lets root log in otherwise' ;;
esac
echo "keys only; root: $root"
`;

/** First match wins in sshd: ours is the first file, or in old versions the first lines. */
export const sshApplyScript = `
sshd=$(command -v sshd || echo /usr/sbin/sshd)
root=no
[ "$2" != root ] || root=prohibit-password
# The third under its older name too: before OpenSSH 8.7 that one decides.
settings() {
  printf '%s\\n' 'PubkeyAuthentication yes' 'PasswordAuthentication no' 'KbdInteractiveAuthentication no' \\
    'ChallengeResponseAuthentication no' "PermitRootLogin $root"
}
config=/etc/ssh/sshd_config
own=$config.d/00-sysmonvm.conf
if grep -qi '^ *Include  *"\\{0,1\\}/etc/ssh/sshd_config.d/' "$config"; then
  settings | write_file "$own" || exit
  if ! "$sshd" -t; then rm -f "$own"; exit 1; fi
else
  cp -p "$config" "$config.sysmonvm-old" && unmark "$config" || exit
  { echo '# sysmonvm begin'; settings; echo '# sysmonvm end'; cat "$config"; } >"$config.sysmonvm-new"
  cat "$config.sysmonvm-new" >"$config" && rm -f "$config.sysmonvm-new"
  if ! "$sshd" -t; then mv "$config.sysmonvm-old" "$config"; exit 1; fi
  rm -f "$config.sysmonvm-old"
fi
has_systemd || exit 0
systemctl reload sshd 2>/dev/null || systemctl reload ssh
`;
