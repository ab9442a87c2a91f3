import type { CommandEntry } from '../cli/command-spec.ts';

/** Every command in the order of help. A file is loaded when its command is asked for. */
export const allCommands: readonly CommandEntry[] = [
  { name: 'host-setup', aliases: ['setup'], load: async () => (await import('./host-setup.ts')).hostSetup },
  { name: 'doctor', load: async () => (await import('./doctor.ts')).doctor },
  { name: 'fetch-image', aliases: ['fetch', 'pull'], load: async () => (await import('./fetch-image.ts')).fetchImage },
  { name: 'config show', load: async () => (await import('./config/show.ts')).configShow },
  { name: 'config validate', load: async () => (await import('./config/validate.ts')).configValidate },
  { name: 'config schema', load: async () => (await import('./config/schema.ts')).configSchema },
  { name: 'plan', load: async () => (await import('./plan.ts')).plan },

  { name: 'vm-create', aliases: ['create'], load: async () => (await import('./vm-create.ts')).vmCreate },
  { name: 'vm-start', aliases: ['start'], load: async () => (await import('./vm-start.ts')).vmStart },
  { name: 'vm-wait', aliases: ['wait'], load: async () => (await import('./vm-wait.ts')).vmWait },
  { name: 'vm-stop', aliases: ['stop'], load: async () => (await import('./vm-stop.ts')).vmStop },
  { name: 'vm-restart', aliases: ['restart'], load: async () => (await import('./vm-restart.ts')).vmRestart },
  { name: 'vm-set', aliases: ['set'], load: async () => (await import('./vm-set.ts')).vmSet },
  { name: 'vm-port add', load: async () => (await import('./vm-port/add.ts')).vmPortAdd },
  { name: 'vm-port list', load: async () => (await import('./vm-port/list.ts')).vmPortList },
  { name: 'vm-port remove', load: async () => (await import('./vm-port/remove.ts')).vmPortRemove },
  {
    name: 'vm-destroy',
    aliases: ['destroy', 'delete', 'rm'],
    load: async () => (await import('./vm-destroy.ts')).vmDestroy,
  },
  { name: 'up', load: async () => (await import('./up.ts')).up },
  { name: 'down', load: async () => (await import('./down.ts')).down },

  { name: 'ssh', aliases: ['shell', 'vm-ssh'], load: async () => (await import('./ssh.ts')).ssh },
  { name: 'exec', aliases: ['vm-exec'], load: async () => (await import('./exec.ts')).exec },
  { name: 'copy', aliases: ['cp', 'vm-copy'], load: async () => (await import('./copy.ts')).copy },
  { name: 'run', load: async () => (await import('./run.ts')).run },
  { name: 'vm-console', aliases: ['console'], load: async () => (await import('./vm-console.ts')).vmConsole },
  { name: 'ssh-config', load: async () => (await import('./ssh-config.ts')).sshConfig },

  { name: 'vm-list', aliases: ['list', 'ls'], load: async () => (await import('./vm-list.ts')).vmList },
  { name: 'vm-status', aliases: ['status', 'info'], load: async () => (await import('./vm-status.ts')).vmStatus },
  { name: 'vm-logs', aliases: ['logs'], load: async () => (await import('./vm-logs.ts')).vmLogs },
  { name: 'watch', aliases: ['events'], load: async () => (await import('./watch.ts')).watch },
  { name: 'df', load: async () => (await import('./df.ts')).df },

  { name: 'vm-gc', aliases: ['gc', 'prune'], load: async () => (await import('./vm-gc.ts')).vmGc },
  { name: 'uninstall', load: async () => (await import('./uninstall.ts')).uninstall },

  { name: 'explain', load: async () => (await import('./explain.ts')).explain },
  { name: 'version', load: async () => (await import('./version.ts')).version },
  { name: 'completion', load: async () => (await import('./completion.ts')).completion },
];
