import { readFileSync } from 'node:fs';
import {
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceDefinition,
  type sendUnaryData,
} from '@grpc/grpc-js';
import { fromJSON } from '@grpc/proto-loader';
import { type CheckerConfig, tlsFiles } from '../../core/checker/config.ts';
import contract from '../../core/wire/monitoring-contract.json' with { type: 'json' };
import type { Answers } from './answers.ts';
import { healthService } from './health-service.ts';

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

const chunkBytes = 256 * 1024;
const serviceName = 'sysmon-vm';
const knownServices = new Set(['', serviceName, 'monitoring.AgentService']);
/** What is being answered may take so long when the service ends; clients that hold on to a connection are cut off. */
const graceMs = 500;

const services = fromJSON(contract as Parameters<typeof fromJSON>[0], {
  keepCase: true,
  longs: String,
  enums: String,
  defaults: true,
});
const serviceOf = (name: string) => services[name] as ServiceDefinition;

export type GrpcConfig = Pick<CheckerConfig, 'listen_addr' | 'security' | 'agent_id'>;

/** @throws what the port that cannot be listened on says, or a file of TLS that cannot be read. */
export async function serveGrpc(config: GrpcConfig, answers: Answers): Promise<GrpcService> {
  const server = new Server();
  const health = healthService(answers, knownServices);
  server.addService(serviceOf('monitoring.AgentService'), agentService(answers, config.agent_id));
  server.addService(serviceOf('grpc.health.v1.Health'), { ...health.handlers });
  const port = await bind(server, config);
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        health.close();
        const force = setTimeout(() => {
          server.forceShutdown();
          resolve();
        }, graceMs);
        server.tryShutdown(() => {
          clearTimeout(force);
          resolve();
        });
      }),
  };
}

function bind(server: Server, config: GrpcConfig): Promise<number> {
  const { host, port } = config.listen_addr;
  const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  return new Promise((resolve, reject) => {
    server.bindAsync(address, credentials(config), (error, number) =>
      error === null ? resolve(number) : reject(new Error(`listen_addr ${address}: ${error.message}`)),
    );
  });
}

function credentials({ security }: GrpcConfig): ServerCredentials {
  if (security.mode !== 'mtls') return ServerCredentials.createInsecure();
  const files = tlsFiles(security);
  const pair = { private_key: readFileSync(files.keyFile), cert_chain: readFileSync(files.certFile) };
  return ServerCredentials.createSsl(readFileSync(files.clientCaFile), [pair], true);
}

const nanoseconds = () => `${Date.now()}000000`;

function agentService(answers: Answers, agentId: string) {
  const echo = (request: StatusRequest) => ({
    service_name: request.service_name || serviceName,
    service_type: request.service_type || 'grpc',
    agent_id: request.agent_id || agentId,
    poller_id: request.poller_id,
  });
  return {
    GetStatus(call: ServerUnaryCall<StatusRequest, unknown>, done: sendUnaryData<unknown>) {
      const { body, available, responseTimeNs } = answers.status();
      done(null, { available, message: body, response_time: responseTimeNs, ...echo(call.request) });
    },
    GetResults(call: ServerUnaryCall<ResultsRequest, unknown>, done: sendUnaryData<unknown>) {
      const result = answers.results(call.request.last_sequence, 'page');
      done(null, {
        available: result.available,
        data: result.body,
        response_time: result.responseTimeNs,
        timestamp: nanoseconds(),
        current_sequence: result.sequence,
        has_new_data: result.hasNewData,
        ...echo(call.request),
      });
    },
    StreamResults(call: ServerWritableStream<ResultsRequest, unknown>) {
      const { body, sequence } = answers.results(call.request.last_sequence, 'all');
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
