/**
 * Runs in the guest: waits until cloud-init has finished and prints its result. Exit 3: cloud-init is switched off;
 * 4: it is not installed. Waiting in the guest costs one SSH handshake instead of one for each try.
 */
export const cloudInitWaitScript = `
if [ ! -d /run/cloud-init ] && ! command -v cloud-init >/dev/null 2>&1; then exit 4; fi
while [ ! -s /run/cloud-init/result.json ]; do
  if [ -f /run/cloud-init/disabled ]; then exit 3; fi
  sleep 0.2
done
cat /run/cloud-init/result.json
`;

/** Runs in the guest after a failed provisioning: the lines that say why. */
export const cloudInitEvidenceScript = `
{ grep -hE 'ERROR|CRITICAL|WARNING|Failed|Traceback|Error:' /var/log/cloud-init.log 2>/dev/null | tail -n 15
  tail -n 25 /var/log/cloud-init-output.log 2>/dev/null; } || true
`;
