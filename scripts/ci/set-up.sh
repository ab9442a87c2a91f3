#!/usr/bin/env bash
# Step "set-up" of action.yml: which sysmonvm measures, and is this host able to.
#   SYSMONVM_VERSION   empty: the revision of this repository that the action is of; `installed`: the one in PATH;
#                      otherwise a version or tag of npm
# Output `program`: path of the executable.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$(dirname "$here")")
# shellcheck source=/dev/null
. "$here/workflow-commands.sh"

command -v node >/dev/null || refuse 'Node 20.19 or newer is needed. Put actions/setup-node before this action.'

version=${SYSMONVM_VERSION:-}
case $version in
'')
  node "$root/scripts/prepare.mjs"
  program=$root/dist/cli/main.js
  ;;
installed)
  program=$(command -v sysmonvm) || refuse 'sysmonvm-version is "installed", but there is no sysmonvm in PATH.'
  ;;
*)
  # npm would also take an address, a folder or a repository here.
  [[ $version =~ ^[0-9A-Za-z][0-9A-Za-z.+-]*$ ]] ||
    refuse "sysmonvm-version is neither empty, nor \"installed\", nor a version or tag of npm: $version"
  folder=${RUNNER_TEMP:?}/sysmonvm-program
  npm install --prefix "$folder" --no-save --ignore-scripts --no-audit --no-fund "sysmonvm@$version"
  program=$folder/node_modules/.bin/sysmonvm
  ;;
esac
set_output program "$program"

"$program" version
"$program" host-setup --yes
if [ "$(uname -s)" = Linux ]; then
  if [ ! -e /dev/kvm ]; then
    announce warning 'There is no /dev/kvm: guests are emulated, and are never judged by boots that were not.'
  elif [ ! -r /dev/kvm ] || [ ! -w /dev/kvm ]; then
    announce warning 'This user may not open /dev/kvm, so guests are emulated. Add it to the group kvm, or see the step in measure.yml of sysmonvm.'
  fi
fi
