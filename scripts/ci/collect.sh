#!/usr/bin/env bash
# Last step of action.yml, always run: ends and removes what is left of the VMs, also after a failure or a cancellation.
# Composite actions have no post step. If the runner itself dies, the next run on the same machine collects.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=/dev/null
. "$here/workflow-commands.sh"

if [ -z "${SYSMONVM:-}" ] || [ ! -x "$SYSMONVM" ]; then
  echo 'sysmonvm was never set up, so it left nothing.'
  exit 0
fi
without_commands "$SYSMONVM" vm-gc
