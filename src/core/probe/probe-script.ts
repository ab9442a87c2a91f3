/**
 * Runs in the guest as root ($1 is `containers` to start one in every runtime that answers): what tells the frequency of
 * a CPU here, and in a container. Lines of words separated by tabs, read by `read-probe.ts`.
 *
 *     cpu         NUMBER  FILES (comma-separated, those that can be read)
 *     mhz         COUNT of lines in /proc/cpuinfo
 *     governors   NAMES
 *     perf        counts | no-event | absent
 *     virt        ANSWER of systemd-detect-virt --vm
 *     runtime     NAME  answers VERSION | refuses REASON
 *     in          NAME  cpu NUMBER FILES | mhz COUNT | failed REASON
 *
 * A runtime is asked by its own command: a socket that lies there says nothing about a service behind it. The image of
 * the containers is made of the guest's own files; nothing is pulled, and nothing stays.
 */
export const probeScript = `
tab=$(printf '\\t')
view=$(
  cat <<'END'
for c in /sys/devices/system/cpu/cpu[0-9]*; do
  seen=
  for f in cpuinfo_avg_freq cpuinfo_cur_freq scaling_cur_freq; do
    if cat "$c/cpufreq/$f" >/dev/null 2>&1; then seen="$seen,$f"; fi
  done
  echo "cpu|\${c##*/cpu}|\${seen#,}"
done
echo "mhz|$(grep -c "^cpu MHz" /proc/cpuinfo)"
END
)
sh -c "$view" | tr '|' '\\t'
if [ -r /sys/devices/system/cpu/cpu0/cpufreq/scaling_available_governors ]; then
  echo "governors$tab$(cat /sys/devices/system/cpu/cpu0/cpufreq/scaling_available_governors)"
fi
if ! command -v perf >/dev/null 2>&1; then
  echo "perf\${tab}absent"
elif perf stat -x, -e cycles -- true 2>&1 | grep -q '^[0-9][0-9]*,'; then
  echo "perf\${tab}counts"
else
  echo "perf\${tab}no-event"
fi
if command -v systemd-detect-virt >/dev/null 2>&1; then echo "virt$tab$(systemd-detect-virt --vm)"; fi

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
first_line() { sed -e 's/[\\t ]\\{1,\\}/ /g' -e '/^ *$/d' "$1" | head -n 1; }
last_line() { tail -n 1 "$1" | sed -e 's/[\\t ]\\{1,\\}/ /g'; }
ask() {
  name=$1
  shift
  command -v "$1" >/dev/null 2>&1 || return 1
  if timeout 60 "$@" >"$work/out" 2>"$work/err"; then
    echo "runtime$tab$name\${tab}answers$tab$(first_line "$work/out")"
  else
    echo "runtime$tab$name\${tab}refuses$tab$(first_line "$work/err")"
    return 1
  fi
}
root_files() {
  [ ! -d "$work/rootfs" ] || return 0
  mkdir -p "$work/rootfs/proc" "$work/rootfs/sys" "$work/rootfs/dev" "$work/rootfs/bin" "$work/rootfs/tmp"
  for tool in sh cat grep; do
    path=$(command -v "$tool")
    cp -L "$path" "$work/rootfs/bin/$tool"
    ldd "$path" 2>/dev/null | grep -o '/[^ ]*' | while read -r file; do
      mkdir -p "$work/rootfs$(dirname "$file")"
      cp -L "$file" "$work/rootfs$file"
    done
  done
}
show() {
  name=$1
  shift
  root_files
  if "$@" >"$work/seen" 2>"$work/err" </dev/null && [ -s "$work/seen" ]; then
    sed -e "s/^/in|$name|/" "$work/seen" | tr '|' '\\t'
  else
    echo "in$tab$name\${tab}failed$tab$(last_line "$work/err")"
  fi
}
by_image() {
  root_files
  tar -C "$work/rootfs" -cf "$work/image.tar" . &&
    timeout 120 "$1" import "$work/image.tar" sysmonvm-probe >/dev/null &&
    timeout 120 "$1" run --rm --network none sysmonvm-probe sh -c "$view"
  code=$?
  "$1" rmi -f sysmonvm-probe >/dev/null 2>&1
  return $code
}
by_bundle() (
  root_files
  cd "$work" && rm -f config.json && "$1" spec || exit 1
  printf '%s\\n' "$view" >rootfs/view
  sed -i -e 's/"terminal": *true/"terminal": false/' -e 's|^\\([[:space:]]*\\)"sh"\\(,\\{0,1\\}\\)$|\\1"sh", "/view"\\2|' config.json
  timeout 120 "$1" run "sysmonvm-probe-$$"
)
each() {
  if ask docker docker info --format '{{.ServerVersion}}' && [ "$1" = containers ]; then show docker by_image docker; fi
  if ask podman podman info --format '{{.Version.Version}}' && [ "$1" = containers ]; then show podman by_image podman; fi
  ask containerd ctr version
  for runtime in crun runc; do
    if ask "$runtime" "$runtime" --version && [ "$1" = containers ]; then show "$runtime" by_bundle "$runtime"; fi
  done
  ask lxc lxc-ls --version
  return 0
}
each "\${1:-}"
`;
