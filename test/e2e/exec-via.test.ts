import { createHash, randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Outcome, outcomeOf, until, Workbench } from '../support/workbench.ts';

let bench: Workbench;
const ways = ['ssh', 'agent'] as const;
type Way = (typeof ways)[number];

const run = (via: Way | 'auto', args: readonly string[], input?: string): Promise<Outcome> =>
  bench.run(['exec', 'x', '--via', via, ...args], input === undefined ? {} : { input });

async function both(args: readonly string[], input?: string): Promise<readonly [Outcome, Outcome]> {
  return [await run('ssh', args, input), await run('agent', args, input)];
}

/** As root in the guest, over SSH. */
const asRoot = async (script: string): Promise<string> =>
  (await bench.ok(['exec', 'x', '--user', 'root', '--', 'sh', '-c', script])).stdout;

const filesLeft = (): Promise<string> => asRoot('ls /run/sysmonvm-exec');

beforeAll(async () => {
  bench = await Workbench.make();
  await bench.ok(['vm-create', 'x', '--image', 'tiny', '--cpus', '1', '--memory', '512M', '--disk', '2G']);
  await bench.ok(['vm-start', 'x']);
}, 300_000);
afterAll(() => bench.dispose());

describe('a command by SSH and by the guest agent ends alike', () => {
  it.each([
    ['its exit code', ['--', 'sh', '-c', 'exit 7']],
    ['ended by a signal', ['--json', '--', 'sh', '-c', 'kill -9 $$']],
    ['SIGPIPE is not ignored', ['--', 'sh', '-c', 'kill -PIPE $$']],
    ['no such program', ['--', 'no-such-program']],
    ['every kind of word', ['--', 'printf', '<%s>', 'a b', '', "it's", '$HOME', '*', '-c', '--', 'é\n']],
    ['output and errors apart', ['--', 'sh', '-c', 'echo out; echo err >&2']],
    ['a folder', ['-w', '/usr/bin', '--', 'pwd']],
    ['a folder that is not there', ['-w', '/nowhere', '--', 'pwd']],
    ['a folder that the user may not enter', ['-w', '/root', '--', 'pwd']],
    ['variables', ['-e', 'A=x y', '-e', 'PATH=/bin:/nowhere', '--', 'sh', '-c', 'echo "$A" "$PATH"']],
    ['the user, and who it is', ['--', 'sh', '-c', 'id; pwd; umask; echo $HOME $USER $LOGNAME $SHELL $PATH']],
    ['signals are as a new process has them', ['--', 'grep', 'SigIgn', '/proc/self/status']],
    ['the files that it has open', ['--', 'sh', '-c', 'exec ls /proc/self/fd']],
  ])('%s', async (_, args) => {
    const [ssh, agent] = await both(args);
    expect(agent).toEqual(ssh);
  });

  it.each(['root', 'nobody'])('as %s', async (user) => {
    const [ssh, agent] = await both(['--user', user, '--', 'sh', '-c', 'id; pwd; echo $HOME $USER $LOGNAME $SHELL']);
    expect(agent).toEqual(ssh);
    expect(ssh.code).toBe(0);
  });

  it('a user who is not there is an error of ours', async () => {
    for (const via of ways) {
      const outcome = await run(via, ['--user', 'nobody-here', '--', 'true']);
      expect(outcome.code).toBe(255);
      expect(outcome.stderr).toContain('guest.command-not-started');
    }
  });

  it('standard input, empty and not', async () => {
    for (const input of ['', 'one\ntwo', 'x'.repeat(300_000)]) {
      const [ssh, agent] = await both(['--', 'md5sum'], input);
      expect(agent).toEqual(ssh);
    }
  });

  it('20 MB of binary output, more than lies in the guest at once, byte for byte, and nothing stays there', async () => {
    const child = bench.spawn(
      [
        'exec',
        'x',
        '--via',
        'agent',
        '--',
        'sh',
        '-c',
        'head -c 20000000 /dev/urandom | tee /tmp/o; md5sum </tmp/o >&2',
      ],
      {},
    );
    child.stdin?.end();
    const hash = createHash('md5');
    child.stdout?.on('data', (chunk: Buffer) => hash.update(chunk));
    let stderr = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect(code, stderr).toBe(0);
    expect(stderr.split(' ')[0]).toBe(hash.digest('hex'));
    expect(await filesLeft()).toBe('');
  });
});

describe('a command by the guest agent', () => {
  it('shows its output while it runs, and is ended by Ctrl-C, with TERM first', async () => {
    const child = bench.spawn([
      'exec',
      'x',
      '--via',
      'agent',
      '--',
      'sh',
      '-c',
      'trap "echo bye; exit 3" TERM; echo hi; sleep 4321 & wait',
    ]);
    child.stdin?.end();
    const ended = outcomeOf(child);
    let seen = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      seen += chunk;
    });
    await until('it says hi', () => seen.includes('hi'));
    child.kill('SIGINT');
    const outcome = await ended;
    expect(outcome).toMatchObject({ code: 130, stdout: 'hi\nbye\n', stderr: 'interrupted (SIGINT)\n' });
    expect(await asRoot('ps | grep "slee[p] 4321" || true')).toBe('');
    expect(await filesLeft()).toBe('');
  });

  it('is ended by KILL when it does not heed TERM, at its time-out, with the error that SSH has', async () => {
    const command = ['--timeout', '1s', '--', 'sh', '-c', 'trap "" TERM; echo hi; while :; do sleep 1; done'];
    const [ssh, agent] = await both(command);
    const timeless = (text: string): string => text.replace(/\d+\.\d s/, 'N s');
    expect(timeless(agent.stderr)).toBe(timeless(ssh.stderr));
    expect(agent.stderr).toContain('ended with KILL');
    expect(agent).toMatchObject({ code: 255, stdout: 'hi\n' });
    expect(await asRoot('ps | grep "while [:]" || true')).toBe('');
  });

  it.each(ways)('is ended when nobody reads its output any more (%s)', async (via) => {
    const child = bench.spawn(['exec', 'x', '--via', via, '--', 'sh', '-c', 'while :; do echo 54321; done']);
    child.stdin?.end();
    child.stdout?.once('data', () => child.stdout?.destroy());
    const code = await new Promise((resolve) => child.once('exit', resolve));
    expect(code).toBe(141);
    expect(await asRoot('ps | grep "5432[1]" || true')).toBe('');
  });

  it('shares the agent with another one', async () => {
    const long = run('agent', ['--', 'sleep', '4']);
    const outcomes = await Promise.all([run('agent', ['--', 'echo', '1']), run('agent', ['--', 'echo', '2'])]);
    expect(outcomes.map(({ stdout }) => stdout)).toEqual(['1\n', '2\n']);
    expect((await long).code).toBe(0);
  });

  it('takes no terminal and no more than 16 MiB of input', async () => {
    const input = randomBytes(9 * 1024 * 1024).toString('hex');
    const outcome = await run('agent', ['--', 'true'], input);
    expect(outcome.code).toBe(255);
    expect(outcome.stderr).toContain('--via ssh');
  });
});

describe('--via auto', () => {
  it('takes SSH when standard input stays open, and loses none of it', async () => {
    const child = bench.spawn(['exec', 'x', '--via', 'auto', '--', 'cat']);
    const ended = outcomeOf(child);
    child.stdin?.write('early ');
    let seen = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      seen += chunk;
    });
    await until('it comes back', () => seen === 'early ');
    child.stdin?.end('late');
    expect(await ended).toMatchObject({ code: 0, stdout: 'early late', stderr: '' });
  });

  it('takes the agent otherwise: there is no SSH session', async () => {
    const outcome = await run('auto', ['--', 'sh', '-c', 'cat; echo "$SSH_CONNECTION"'], 'in ');
    expect(outcome).toMatchObject({ code: 0, stdout: 'in \n', stderr: '' });
  });

  it('goes over SSH with the reason when the agent is silent, with the input that was read', async () => {
    const { vm } = await bench.json<{ vm: { id: string } }>(['vm-status', 'x']);
    const busy = connect(join(bench.root, 'r/sysmonvm', vm.id, 'agent'));
    await new Promise((resolve) => busy.once('connect', resolve));
    const outcome = await run('auto', ['--', 'sh', '-c', 'cat; [ -n "$SSH_CONNECTION" ] && echo ssh'], 'in ');
    busy.destroy();
    expect(outcome).toMatchObject({ code: 0, stdout: 'in ssh\n' });
    expect(outcome.stderr).toContain('the command goes over SSH: The guest agent does not answer');
  });

  it('goes over SSH when the agent blocks commands, as Enterprise Linux does; --via agent says so', async () => {
    // init starts the agent again and again; its start is replaced until the end of this test.
    await asRoot(`
      cp /usr/lib/sysmonvm/guest-agent /root/guest-agent
      sed -i 's|qemu-ga -m|qemu-ga -b guest-exec,guest-file-open -m|' /usr/lib/sysmonvm/guest-agent
      killall qemu-ga`);
    // First the one that waits until the agent is back: `auto` goes over SSH from one that is silent for long.
    const refused = await run('agent', ['--', 'true']);
    expect(refused.code).toBe(255);
    expect(refused.stderr).toContain('agent.refused');
    const outcome = await run('auto', ['--', 'sh', '-c', '[ -n "$SSH_CONNECTION" ] && echo ssh']);
    expect(outcome).toMatchObject({ code: 0, stdout: 'ssh\n' });
    expect(outcome.stderr).toContain('the command goes over SSH: The guest agent refused guest-file-open');
    await asRoot('cp /root/guest-agent /usr/lib/sysmonvm/guest-agent; killall qemu-ga');
  });
});

it('a VM without network is reached by the agent', async () => {
  await bench.ok(['vm-create', 'n', '--image', 'tiny', '--network', 'none', '--memory', '256M', '--disk', '2G']);
  await bench.ok(['vm-start', 'n']);
  const outcome = await bench.run(['exec', 'n', '--via', 'auto', '--', 'id', '-un']);
  expect(outcome.stderr).toBe('');
  expect(outcome.code).toBe(0);
});
