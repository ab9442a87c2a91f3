/**
 * Runs in the guest: makes a directory that the login user may write, with sudo where that is needed ($1 directory,
 * $2 user). A directory that is there and may be written stays as it is.
 */
export const syncTargetScript = `
if mkdir -p -- "$1" 2>/dev/null && [ -w "$1" ]; then exit 0; fi
sudo -n sh -c 'mkdir -p -- "$1" && chown -- "$2" "$1"' sh "$1" "$2"
`;
