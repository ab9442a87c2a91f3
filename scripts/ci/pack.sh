#!/usr/bin/env bash
# Step "pack" of action.yml, always run: makes of MEASURED_DIR (…/<guest>/<arch>) a folder that can be uploaded. The tree
# goes into one archive, because names of it hold characters that artifacts may not have (a time of day has colons), and
# because a path that came from an input is a pattern to the uploading action. Beside it, to be looked at without
# unpacking: the report, the summary, and the result under baselines/<arch>.json, which is what a repository keeps to be
# judged by.
# Outputs `path` (empty when there is nothing) and `name`.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=/dev/null
. "$here/workflow-commands.sh"

if [ -z "${MEASURED_DIR:-}" ] || [ ! -d "$MEASURED_DIR" ]; then
  announce warning 'There are no artifacts: nothing was measured.'
  set_output path ''
  exit 0
fi

arch=$(basename "$MEASURED_DIR")
guest_dir=$(dirname "$MEASURED_DIR")
guest=$(basename "$guest_dir")
staged=$(mktemp -d "${RUNNER_TEMP:-/tmp}/sysmonvm-artifacts.XXXXXXXX")

(cd "$(dirname "$guest_dir")" && tar -czf - "./$guest/$arch") >"$staged/metrics.tar.gz"
for name in summary.json boot_time.json report report-baseline-ms; do
  [ ! -e "$MEASURED_DIR/$name" ] || cp -R "$MEASURED_DIR/$name" "$staged/$name"
done
if [ -n "${RESULT:-}" ] && [ -f "$RESULT" ]; then
  mkdir "$staged/baselines"
  cp "$RESULT" "$staged/baselines/${BASELINE_NAME:-$arch}.json"
fi

# The run id tells two uses of the action in one job apart.
run=${LABEL:-run}
[ -z "${RESULT:-}" ] || run=$(basename "$RESULT" .json)
name=$(printf '%s-%s-%s-%s' "$guest" "$arch" "$run" "${GITHUB_RUN_ATTEMPT:-1}" | tr -c 'A-Za-z0-9._-' '-' | cut -c 1-200)
set_output name "sysmonvm-$name"
set_output path "$staged"
printf 'Packed for upload: %s\n' "$staged"
