/**
 * Runs in the guest once a boot is over and prints what the guest itself knows of it, in sections. The first and the
 * last line are the guest's uptime: together with the host's clock around the call they say where the guest's zero
 * lies on the host's clock, and how surely.
 *
 * `systemctl show` gives the moments of `systemd-analyze` and status.json those of `cloud-init analyze`, without the
 * seconds that Python takes to start in an emulated guest.
 */
export const guestBootScript = `
read -r up _ </proc/uptime
echo "== uptime $up"
if [ -d /run/systemd/system ]; then
  echo '== manager'
  systemctl show --property=FirmwareTimestampMonotonic --property=LoaderTimestampMonotonic \\
    --property=InitRDTimestampMonotonic --property=UserspaceTimestampMonotonic --property=FinishTimestampMonotonic
  echo '== units'
  systemctl show --property=Id --property=InactiveExitTimestampMonotonic --property=ActiveEnterTimestampMonotonic \\
    local-fs.target sysinit.target basic.target network.target network-online.target ssh.service sshd.service \\
    cloud-init-local.service cloud-init.service cloud-init-network.service cloud-config.service cloud-final.service \\
    multi-user.target graphical.target
fi
if [ -s /run/cloud-init/status.json ]; then
  echo "== clock $(date +%s.%N)"
  read -r up _ </proc/uptime
  echo "== clock-uptime $up"
  echo '== cloud-init'
  cat /run/cloud-init/status.json
  echo
fi
read -r up _ </proc/uptime
echo "== uptime $up"
`;

/**
 * Runs in the guest before it is asked: waits until systemd has started everything, and prints the units that took
 * longest, by systemd's own account.
 */
export const slowUnitsScript = `
if [ -d /run/systemd/system ]; then timeout 60 systemctl is-system-running --wait >/dev/null 2>&1; fi
if command -v systemd-analyze >/dev/null 2>&1; then systemd-analyze blame --no-pager 2>/dev/null | head -n 15; fi
`;
