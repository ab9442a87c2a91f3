import { readFileSync } from 'node:fs';
import {
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceDefinition,
  type sendUnaryData,
  status,
} from '@grpc/grpc-js';
import { fromJSON } from '@grpc/proto-loader';
import { type CheckerConfig, tlsFiles } from '../../core/checker/config.ts';
import contract from '../../core/wire/monitoring-contract.json' with { type: 'json' };
import type { Answers } from './answers.ts';

/** The gRPC side: `monitoring.AgentService` and the standard health check, on one port. */
export interface GrpcService {
  readonly port: number;
  close(): Promise<void>;
}

interface StatusRequest {
  readonly service_name: string;
  readonly service_type: string;
  readonly agent_id: string;
  readonly poller_id: string;
}

interface ResultsRequest extends StatusRequest {
  readonly last_sequence: string;
}

/** A message of gRPC holds 4 MiB unless both sides agree on more. */
const chunkBytes = 256 * 1024;
const serviceName = 'sysmon-vm';

const services = fromJSON(contract as Parameters<typeof fromJSON>[0], {
  keepCase: true,
  longs: String,
  enums: String,
  defaults: true,
});
const serviceOf = (name: string) => services[name] as ServiceDefinition;

/** @throws the error of the port that cannot be listened on, or of a file of TLS that cannot be read. */
export async function serveGrpc(config: CheckerConfig, answers: Answers): Promise<GrpcService> {
  const server = new Server();
  server.addService(serviceOf('monitoring.AgentService'), agentService(answers, config.agent_id));
  server.addService(serviceOf('grpc.health.v1.Health'), healthService(answers));
  const { host, port } = config.listen_addr;
  const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(address, credentials(config), (error, number) =>
      error === null ? resolve(number) : reject(error),
    );
  });
  return {
    port: bound,
    close: () =>
      new Promise((resolve) => {
        const force = setTimeout(() => server.forceShutdown(), 1000);
        server.tryShutdown(() => {
          clearTimeout(force);
          resolve();
        });
      }),
  };
}

function credentials(config: CheckerConfig): ServerCredentials {
  if (config.security.mode !== 'mtls') return ServerCredentials.createInsecure();
  const files = tlsFiles(config.security);
  const pair = { private_key: readFileSync(files.keyFile), cert_chain: readFileSync(files.certFile) };
  return ServerCredentials.createSsl(readFileSync(files.clientCaFile), [pair], true);
}

function echo(request: StatusRequest, agentId: string) {
  return {
    service_name: request.service_name || serviceName,
    service_type: request.service_type || 'grpc',
    agent_id: request.agent_id || agentId,
    poller_id: request.poller_id,
  };
}

const nanoseconds = () => `${Date.now()}000000`;

function agentService(answers: Answers, agentId: string) {
  return {
    GetStatus(call: ServerUnaryCall<StatusRequest, unknown>, done: sendUnaryData<unknown>) {
      const { body, available, responseTimeNs } = answers.status();
      done(null, { available, message: body, response_time: responseTimeNs, ...echo(call.request, agentId) });
    },
    GetResults(call: ServerUnaryCall<ResultsRequest, unknown>, done: sendUnaryData<unknown>) {
      const result = answers.results(call.request.last_sequence);
      done(null, {
        available: result.available,
        data: result.body,
        response_time: result.responseTimeNs,
        timestamp: nanoseconds(),
        current_sequence: result.sequence,
        has_new_data: result.hasNewData,
        ...echo(call.request, agentId),
      });
    },
    StreamResults(call: ServerWritableStream<ResultsRequest, unknown>) {
      const { body, sequence } = answers.results(call.request.last_sequence);
      const total = Math.max(1, Math.ceil(body.length / chunkBytes));
      for (let index = 0; index < total; index += 1)
        call.write({
          data: body.subarray(index * chunkBytes, (index + 1) * chunkBytes),
          is_final: index === total - 1,
          chunk_index: index,
          total_chunks: total,
          current_sequence: sequence,
          timestamp: nanoseconds(),
        });
      call.end();
    },
  };
}

type Serving = 'SERVING' | 'NOT_SERVING';
interface HealthRequest {
  readonly service: string;
}

/** The empty name is the whole server. */
const knownServices = new Set(['', serviceName, 'monitoring.AgentService']);

function healthService(answers: Answers) {
  const serving = (): Serving => (answers.isServing() ? 'SERVING' : 'NOT_SERVING');
  return {
    Check(call: ServerUnaryCall<HealthRequest, unknown>, done: sendUnaryData<unknown>) {
      if (knownServices.has(call.request.service)) done(null, { status: serving() });
      else done({ code: status.NOT_FOUND, details: `no service ${call.request.service}` });
    },
    Watch(call: ServerWritableStream<HealthRequest, unknown>) {
      if (!knownServices.has(call.request.service)) {
        call.write({ status: 'SERVICE_UNKNOWN' });
        return;
      }
      let last: Serving | undefined;
      const tell = () => {
        const now = serving();
        if (now !== last) call.write({ status: now });
        last = now;
      };
      tell();
      const end = answers.onChange(tell);
      call.on('cancelled', () => {
        end();
        call.end();
      });
    },
  };
}
