import { type Client, credentials, loadPackageDefinition, type ServiceError } from '@grpc/grpc-js';
import { fromJSON } from '@grpc/proto-loader';
import type { Deadline } from '../../core/deadline.ts';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import type { CheckerAddress, CheckerClient } from '../../core/ports/checker-client.ts';
import contract from '../../core/wire/monitoring-contract.json' with { type: 'json' };

type Answer = Readonly<Record<string, unknown>>;
type Call = (
  request: Answer,
  options: { readonly deadline: number },
  done: (error: ServiceError | null, answer?: Answer) => void,
) => { cancel(): void };
type ClientClass = new (...parameters: ConstructorParameters<typeof Client>) => Client & Readonly<Record<string, Call>>;

const callMs = 10_000;
const request = { service_name: 'sysmon-vm', service_type: 'grpc', agent_id: 'sysmonvm', poller_id: 'sysmonvm' };

/** A client of the checker's gRPC service, and of its health service. */
export function openCheckerClient(address: CheckerAddress): CheckerClient {
  const definition = fromJSON(contract as Parameters<typeof fromJSON>[0], {
    keepCase: true,
    longs: String,
    enums: String,
    defaults: true,
  });
  const { monitoring, grpc } = loadPackageDefinition(definition) as unknown as {
    readonly monitoring: { readonly AgentService: ClientClass };
    readonly grpc: { readonly health: { readonly v1: { readonly Health: ClientClass } } };
  };
  const { tls } = address;
  const secured =
    tls === undefined
      ? credentials.createInsecure()
      : credentials.createSsl(Buffer.from(tls.ca), Buffer.from(tls.key), Buffer.from(tls.certificate));
  // The certificate names localhost, wherever the port is forwarded from.
  const options = { 'grpc.ssl_target_name_override': 'localhost', 'grpc.enable_http_proxy': 0 };
  const agent = new monitoring.AgentService(address.target, secured, options);
  const health = new grpc.health.v1.Health(address.target, secured, options);
  const ask = (client: Client & Readonly<Record<string, Call>>, name: string, message: Answer, deadline: Deadline) =>
    unary(
      address,
      (done) => called(client, name)(message, { deadline: Math.min(deadline.at, Date.now() + callMs) }, done),
      deadline,
    );
  return {
    health: async (deadline) => String((await ask(health, 'Check', { service: '' }, deadline))['status']),
    status: async (deadline) => JSON.parse(String((await ask(agent, 'GetStatus', request, deadline))['message'])),
    close: () => {
      agent.close();
      health.close();
    },
  };
}

function called(client: Client & Readonly<Record<string, Call>>, name: string): Call {
  const call = client[name];
  if (call === undefined) throw new Error(`the contract has no ${name}`);
  return call.bind(client);
}

function unary(
  { target }: CheckerAddress,
  start: (done: (error: ServiceError | null, answer?: Answer) => void) => { cancel(): void },
  { signal }: Deadline,
): Promise<Answer> {
  return new Promise<Answer>((resolve, reject) => {
    signal.throwIfAborted();
    const running = start((error, answer) => {
      signal.removeEventListener('abort', cancel);
      if (signal.aborted) reject(signal.reason);
      else if (error === null) resolve(answer ?? {});
      else reject(error);
    });
    const cancel = (): void => running.cancel();
    signal.addEventListener('abort', cancel, { once: true });
  }).catch((error: unknown) => {
    signal.throwIfAborted();
    const said = (error as ServiceError).details || (error as Error).message;
    const words = said.replace(/ Resolution note:.*/s, '');
    return fail('checker.unreachable', `the checker at ${target} did not answer: ${words}`, { cause: error });
  });
}
