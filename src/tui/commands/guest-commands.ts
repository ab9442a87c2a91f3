import type { App } from '../app.ts';
import { ask } from './ask.ts';
import { anyVmIs, forEachVm, forOneVm, vmScreens as screens, someVm } from './for-vms.ts';
import type { UiCommand } from './ui-command.ts';

const bootstrapRequest = { profile: 'standard', upgrade: false, only: [] } as const;

/** For what has the terminal to itself and tells its progress there. */
const newCall = (app: App) => ({
  requestId: app.host.newRequestId(),
  signal: app.host.signal,
  report: () => undefined,
});

export const guestCommands: readonly UiCommand[] = [
  {
    id: 'ssh',
    title: 'shell in the guest (ssh)',
    short: 'ssh',
    group: 'vm',
    keys: ['e'],
    screens,
    when: anyVmIs('booting', 'ready'),
    run: (app) =>
      forOneVm(app, (vm) =>
        app.withTerminal(`ssh ${vm.name}`, async () => {
          const code = await app.host.attached.ssh(vm.name, newCall(app));
          return code === 0 ? `left ${vm.name}` : `ssh ${vm.name} ended with ${code}`;
        }),
      ),
  },
  {
    id: 'exec',
    title: 'run one command in the guest',
    short: 'exec',
    group: 'vm',
    keys: ['x'],
    screens,
    when: anyVmIs('booting', 'ready'),
    run: (app) =>
      forOneVm(app, (vm) =>
        ask(app, `Command for ${vm.name}`, 'run by the shell of the guest, on this terminal', '', (command) => {
          if (command.trim() === '') return 'a command is needed';
          void app.withTerminal(`exec ${vm.name}`, async () => {
            const code = await app.host.attached.exec(vm.name, command, newCall(app));
            return `${command}: exit code ${code}`;
          });
          return undefined;
        }),
      ),
  },
  {
    id: 'console-attach',
    title: 'sit at the serial console',
    group: 'vm',
    keys: ['A'],
    screens,
    when: anyVmIs('booting', 'ready', 'paused', 'starting'),
    run: (app) =>
      forOneVm(app, (vm) =>
        app.withTerminal(`console of ${vm.name}`, () => app.host.attached.console(vm.name, newCall(app))),
      ),
  },
  {
    id: 'copy-ssh',
    title: 'copy the ssh command',
    group: 'vm',
    keys: ['y'],
    screens,
    when: someVm,
    run: (app) => forOneVm(app, (vm) => copy(app, `sysmonvm ssh ${vm.name}`)),
  },
  {
    id: 'bootstrap',
    title: 'bootstrap the guest',
    group: 'vm',
    keys: ['b'],
    screens,
    when: anyVmIs('ready'),
    run: (app) =>
      forEachVm(app, 'bootstrap', ['ready'], (vm) => async (call) => {
        const report = await app.host.engine.bootstrap.run(vm.name, bootstrapRequest, call);
        return `${vm.name}: ${report.steps.length} steps, as vm-bootstrap --no-upgrade does them`;
      }),
  },
  {
    id: 'install',
    title: 'install the checker',
    group: 'vm',
    keys: ['i'],
    screens,
    when: anyVmIs('ready'),
    run: (app) =>
      forEachVm(app, 'install the checker in', ['ready'], (vm) => async (call) => {
        const options = { security: 'mtls', skipService: false } as const;
        const report = await app.host.engine.checker.install(vm.name, options, call);
        app.feeds.refreshMetrics();
        return `${vm.name}: checker ${report.action}${report.health === undefined ? '' : `, ${report.health}`}`;
      }),
  },
];

/** By OSC 52, which works through ssh and tmux too; a terminal that does not know it ignores it. */
function copy(app: App, text: string): void {
  app.host.terminal.stdout.write(`\u001b]52;c;${Buffer.from(text).toString('base64')}\u0007`);
  app.store.set((state) => ({ ...state, notice: { text: `copied: ${text}`, meaning: 'good' } }));
}
