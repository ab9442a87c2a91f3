import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { createRenewalChannels } from '../../../src/host/agent/renewal-channel.ts';
import { systemClock } from '../../../src/host/process/system-clock.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const channels = createRenewalChannels({ clock: systemClock });
const within = (ms: number, signal = new AbortController().signal) => ({ at: Date.now() + ms, signal, attempts: [] });
const open: Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

async function port(onClient: (socket: Socket) => void): Promise<string> {
  const path = join(await temporaryDirectory(), 'renewal');
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    onClient(socket);
  });
  open.push(server);
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return path;
}

const answerTo = (id: string) =>
  `${JSON.stringify({ id, epochMs: 5, hostname: 'h', machineId: 'm', reseeded: true, hooks: [], errors: [] })}\n`;

it('waits for its socket, sends a line, and takes the answer with its id, in pieces and after others', async () => {
  const lines: string[] = [];
  const path = await port((socket) => {
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      lines.push(chunk);
      const [first, second] = [answerTo('mine').slice(0, 20), answerTo('mine').slice(20)];
      socket.write(`rubbish\n[1]\n${answerTo('of another time')}${first}`);
      setTimeout(() => socket.write(second), 20);
    });
  });
  const channel = await channels.open(path, within(5_000));
  await channel.send({ id: 'mine', epochMs: 1 });
  expect(await channel.answer('mine', within(5_000))).toMatchObject({ id: 'mine', hostname: 'h', reseeded: true });
  expect(lines).toEqual(['{"id":"mine","epochMs":1}\n']);
  channel.close();
});

it('no socket, no answer, no JSON and a closed port are told as what they are', async () => {
  const path = join(await temporaryDirectory(), 'none');
  await expect(channels.open(path, within(50))).rejects.toMatchObject({ code: 'guest.renewal-failed' });
  const silent = await channels.open(await port(() => undefined), within(5_000));
  await expect(silent.answer('x', within(50))).rejects.toThrow('in time: nothing came');
  silent.close();
  const odd = await channels.open(await port((socket) => socket.write('login: ')), within(5_000));
  await expect(odd.answer('x', within(300))).rejects.toThrow('what came is no answer: login: ');
  odd.close();
  const gone = await channels.open(await port((socket) => socket.end()), within(5_000));
  await expect(gone.answer('x', within(5_000))).rejects.toThrow('QEMU closed the renewal port');
});

it('a line without an end is not collected for ever, and a cancelled wait ends', async () => {
  const flood = await channels.open(await port((socket) => socket.write('x'.repeat(2_000_000))), within(5_000));
  await expect(flood.answer('x', within(5_000))).rejects.toThrow('the guest sends a line without an end');
  const silent = await channels.open(await port(() => undefined), within(5_000));
  const stop = new AbortController();
  const waiting = silent.answer('x', within(5_000, stop.signal));
  stop.abort(new Error('stopped'));
  await expect(waiting).rejects.toThrow('stopped');
  silent.close();
});
