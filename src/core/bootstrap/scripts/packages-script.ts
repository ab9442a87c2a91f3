export const upgradeCheckScript = `
newest=$(find /lib/modules -mindepth 1 -maxdepth 1 | sed 's|.*/||' | sort -V | tail -n 1)
say_current() {
  if [ -z "$newest" ] || [ "$newest" = "$(uname -r)" ]; then
    echo 'every package is up to date'
  else
    echo "every package is up to date; a restart would run kernel $newest"
  fi
}
if [ "$1" = el ]; then
  dnf -q check-update >/dev/null
  case $? in
    0) say_current ;;
    100) to_do 'packages can be upgraded' ;;
    *) exit 1 ;;
  esac
else
  refresh_lists >&2 || exit 1
  simulated=$(apt_get -s --with-new-pkgs upgrade) || { echo "$simulated" >&2; exit 1; }
  pending=$(echo "$simulated" | grep -c '^Inst')
  [ "$pending" = 0 ] || to_do "$pending packages can be upgraded"
  say_current
fi
`;

export const upgradeApplyScript = `
if [ "$1" = el ]; then
  dnf -y upgrade
else
  refresh_lists && apt_get --with-new-pkgs upgrade
fi
`;

export const toolsCheckScript = `
absent=$(missing git curl vim jq tmux tar make)
[ -z "$absent" ] || to_do "missing:$absent"
echo 'git, curl, vim, jq, tmux, tar, make'
`;

export const toolsApplyScript = `
absent=$(missing git curl vim jq tmux tar make)
[ "$1" != el ] || absent=$(echo "$absent" | sed 's/ vim/ vim-enhanced/')
# One word a package.
# shellcheck disable=SC2086
install_packages $absent
`;

export const perfToolsCheckScript = `
absent=$(missing cpupower perf)
[ -z "$absent" ] || to_do "missing:$absent"
version=$(perf --version 2>/dev/null) || to_do "perf is not there for kernel $(uname -r)"
echo "cpupower, $version"
`;

/** Ubuntu's tools are made for one kernel each. */
export const perfToolsApplyScript = `
if [ "$1" = el ]; then
  install_packages kernel-tools perf
elif grep -q '^ID="\\{0,1\\}ubuntu' /etc/os-release; then
  install_packages linux-tools-common "linux-tools-$(uname -r)" || install_packages linux-tools-common linux-tools-generic
else
  install_packages linux-cpupower linux-perf
fi
`;

export const containersCheckScript = `
if version=$(docker version --format '{{.Server.Version}}' 2>/dev/null) && [ -n "$version" ]; then
  echo "docker $version"
elif ! command -v docker >/dev/null 2>&1 && version=$(podman version --format '{{.Version}}' 2>/dev/null); then
  echo "podman $version"
else
  to_do 'neither docker nor podman answers'
fi
`;

/** Docker CE only where its repository is configured already: we add no repository to a guest. */
export const containersApplyScript = `
offers() {
  if [ "$1" = el ]; then
    dnf -q list "$2" >/dev/null 2>&1
  else
    apt-cache policy "$2" 2>/dev/null | grep -q 'Candidate: [^(]'
  fi
}
[ "$1" = el ] || refresh_lists || exit
if offers "$1" docker-ce; then
  install_packages docker-ce docker-ce-cli containerd.io || exit
elif offers "$1" docker.io; then
  install_packages docker.io || exit
else
  install_packages podman || exit
fi
if command -v dockerd >/dev/null 2>&1 && has_systemd; then systemctl enable --now docker; fi
`;
