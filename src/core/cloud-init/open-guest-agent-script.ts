/**
 * Enterprise Linux forbids its guest agent to run commands and to read files, by a list of what is blocked or of what
 * is allowed, in a file that differs between releases. Run at every boot; a file that is open stays as it is. The
 * switch of SELinux is for commands that are started by the agent; it is not kept over a reboot.
 */
export const openGuestAgentScript = `
for file in "$@"; do
  [ -f "$file" ] || continue
  sed -i -E \\
    -e '/^[^#]*(block-rpcs|blacklist|BLACKLIST_RPC)/{s/guest-(exec-status|exec|file-(open|close|read|write|seek|flush))//g;s/,,+/,/g;s/= *,/=/;s/,("?)$/\\1/}' \\
    -e '/^[^#]*allow-rpcs/{/guest-exec-status/!s/allow-rpcs *= */&guest-exec,guest-exec-status,guest-file-open,guest-file-close,guest-file-read,guest-file-seek,/}' \\
    "$file"
done
command -v setsebool >/dev/null && setsebool virt_qemu_ga_run_unconfined on
systemctl --no-block try-restart qemu-guest-agent
`.trim();

export const guestAgentFiles = ['/etc/sysconfig/qemu-ga', '/etc/qemu-ga/qemu-ga.conf'] as const;
