/** A gateway on a free loopback port with fake workers, closed at the end of the test. */
import { request } from "node:http";
import { connect } from "node:net";
import type { Gateway, GatewayEvent } from "../../src/http/gateway/gateway.ts";
import { startGateway } from "../../src/http/gateway/gateway.ts";
import type { PredictionRecord } from "../../src/serving/prediction-log-schema.ts";
import type { ServingLimits } from "../../src/serving/schema.ts";
import { ServingOptions } from "../../src/serving/schema.ts";
import type { FakePredict, FakeWorker } from "./serving.ts";
import { churnModel, fakeWorker, predictByTenure } from "./serving.ts";

/** What a test may choose. */
export interface TestGatewayOptions {
  readonly predict?: FakePredict;
  readonly workers?: number;
  readonly limits?: Partial<ServingLimits>;
  readonly allowedHosts?: readonly string[];
  /** Called before each start of a worker, from 1; may throw. */
  readonly onStart?: (count: number) => void;
}

/** An answer as text. */
export interface TestAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

/** A gateway under test. */
export interface TestGateway extends AsyncDisposable {
  readonly gateway: Gateway;
  readonly workers: readonly FakeWorker[];
  readonly events: readonly GatewayEvent[];
  readonly logged: readonly PredictionRecord[];
  readonly get: (path: string, headers?: Readonly<Record<string, string>>) => Promise<TestAnswer>;
  /** Sends JSON; a string or bytes are sent as they are. */
  readonly post: (
    path: string,
    body: unknown,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<TestAnswer>;
  /** Sends bytes on a plain connection and resolves with everything received until it is closed. */
  readonly raw: (text: string) => Promise<string>;
}

/** Starts one. */
export async function testGateway(options: TestGatewayOptions = {}): Promise<TestGateway> {
  const workers: FakeWorker[] = [];
  const events: GatewayEvent[] = [];
  const logged: PredictionRecord[] = [];
  let starts = 0;
  const gateway = await startGateway({
    model: churnModel,
    serving: ServingOptions.parse({
      port: 0,
      workers: options.workers ?? 1,
      allowedHosts: options.allowedHosts ?? [],
      limits: { drainMs: 500, ...options.limits },
    }),
    startWorker: () => {
      starts += 1;
      options.onStart?.(starts);
      const worker = fakeWorker(options.predict ?? predictByTenure, starts);
      workers.push(worker);
      return Promise.resolve(worker);
    },
    log: {
      append: (records) => {
        logged.push(...records);
        return 0;
      },
      close: () => Promise.resolve(),
    },
    programVersion: "1.2.3",
    nowMs: () => 1_700_000_000_000,
    draw: () => 0.5,
    onEvent: (event) => {
      events.push(event);
    },
  });
  return {
    gateway,
    workers,
    events,
    logged,
    get: (path, headers = {}) => send(gateway.port, { method: "GET", path, headers }),
    post: (path, body, headers = {}) =>
      send(gateway.port, {
        method: "POST",
        path,
        headers: { "content-type": "application/json", ...headers },
        body: typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body),
      }),
    raw: (text) => sendRaw(gateway.port, text),
    [Symbol.asyncDispose]: () => gateway.close(),
  };
}

/** Resolves once `condition` holds; gives up after five seconds. */
export async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 5000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error("the condition did not come true");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

interface TestRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

function send(port: number, { method, path, headers, body }: TestRequest): Promise<TestAnswer> {
  return new Promise((resolve, reject) => {
    const call = request(
      { host: "127.0.0.1", port, method, path, headers, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () => {
          const text = Buffer.concat(chunks).toString("utf8");
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text });
        });
      },
    );
    call.on("error", reject);
    call.end(body);
  });
}

function sendRaw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect({ host: "127.0.0.1", port }, () => socket.write(text));
    socket.on("data", (chunk: Buffer) => chunks.push(chunk));
    socket.on("error", reject);
    socket.on("close", () => {
      resolve(Buffer.concat(chunks).toString("utf8"));
    });
  });
}
