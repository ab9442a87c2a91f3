export const localImageCodes = {
  'image.build-failed': {
    kind: 'image',
    cause: 'A step of building an image on this host ended with an error.',
    remedy: 'Read the last lines of the step in the error; run the command again when the cause is gone.',
  },
  'image.build-cancelled': {
    kind: 'interrupted',
    cause: 'The build of an image was cancelled; its temporary files are removed.',
    remedy: 'Start the command again.',
  },
  'image.recipe-unknown': {
    kind: 'usage',
    cause: 'No local recipe has this name.',
    remedy: 'Choose one of the recipes named in the error.',
  },
  'image.suite-unavailable': {
    kind: 'host',
    cause: 'The APT sources of this host, signed by the archive keyring, do not offer what the recipe needs.',
    remedy: 'Add a source of that release signed by the archive keyring, or choose an image that is downloaded.',
  },
  'image.build-tools-missing': {
    kind: 'host',
    cause: 'Programs needed to build the image are not installed.',
    remedy: 'Install the packages named in the error.',
  },
  'image.user-namespace-unavailable': {
    kind: 'host',
    cause: 'Building as an ordinary user needs user namespaces and a range of subordinate user ids.',
    remedy: 'Add ranges for the user to /etc/subuid and /etc/subgid, or build as root.',
  },
} as const;
