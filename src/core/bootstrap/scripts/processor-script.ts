/** A guest whose kernel knows a frequency shows it here, whatever driver it has. */
export const cpufreqCheckScript = `
driver=$(cat /sys/devices/system/cpu/cpu0/cpufreq/scaling_driver 2>/dev/null)
[ -z "$driver" ] || { echo "the kernel's driver is $driver"; exit 0; }
candidates=
for module in cpufreq-dt virtual-cpufreq acpi-cpufreq; do
  if modprobe -n "$module" >/dev/null 2>&1; then candidates="$candidates $module"; fi
done
[ -n "$candidates" ] || not_applicable "kernel $(uname -r) shows no cpufreq and has no module for it"
[ ! -e /run/sysmonvm-cpufreq-tried ] ||
  not_applicable "the machine offers no frequency control; tried:$(cat /run/sysmonvm-cpufreq-tried)"
to_do "modules that can be tried:$candidates"
`;

/** What was loaded in vain is taken out again; the mark lasts until the next boot. */
export const cpufreqApplyScript = `
tried=
for module in cpufreq-dt virtual-cpufreq acpi-cpufreq; do
  modprobe -n "$module" >/dev/null 2>&1 || continue
  tried="$tried $module"
  modprobe "$module" 2>/dev/null || continue
  if [ -e /sys/devices/system/cpu/cpu0/cpufreq/scaling_driver ]; then
    echo "$module" | write_file /etc/modules-load.d/sysmonvm-cpufreq.conf
    exit
  fi
  modprobe -r "$module" 2>/dev/null
done
echo "$tried" >/run/sysmonvm-cpufreq-tried
not_applicable "the machine offers no frequency control; tried:$tried"
`;

export const governorCheckScript = `
set -- /sys/devices/system/cpu/cpu*/cpufreq/scaling_governor
[ -e "$1" ] || not_applicable 'the kernel of the guest has no governors: no cpufreq'
for file in "$@"; do
  offered=$(cat "\${file%/*}/scaling_available_governors")
  case " $offered " in
    *' performance '*) ;;
    *) not_applicable "the governor performance is not offered, only: $offered" ;;
  esac
  [ "$(cat "$file")" = performance ] || to_do "the governor is $(cat "$file")"
done
[ -e /etc/tmpfiles.d/sysmonvm-governor.conf ] || to_do 'performance until the next boot only'
echo "performance on $# processors, at every boot"
`;

export const governorApplyScript = `
for file in /sys/devices/system/cpu/cpu*/cpufreq/scaling_governor; do echo performance >"$file" || exit; done
echo 'w /sys/devices/system/cpu/cpu*/cpufreq/scaling_governor - - - - performance' |
  write_file /etc/tmpfiles.d/sysmonvm-governor.conf
`;

export const perfAccessCheckScript = `
[ -e /proc/sys/kernel/perf_event_paranoid ] || not_applicable 'the kernel of the guest has no performance events'
now=$(cat /proc/sys/kernel/perf_event_paranoid)
[ "$now" = 1 ] || to_do "kernel.perf_event_paranoid is $now"
grep -qx 'kernel.perf_event_paranoid = 1' /etc/sysctl.d/99-sysmonvm-perf.conf 2>/dev/null ||
  to_do 'kernel.perf_event_paranoid is 1 until the next boot only'
echo 'kernel.perf_event_paranoid is 1, at every boot'
`;

export const perfAccessApplyScript = `
echo 'kernel.perf_event_paranoid = 1' | write_file /etc/sysctl.d/99-sysmonvm-perf.conf || exit
echo 1 >/proc/sys/kernel/perf_event_paranoid
`;
