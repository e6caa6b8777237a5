import { expect, test } from "vitest";
import { testGateway, until } from "../support/gateway.ts";
import { churnRow, predictByTenure } from "../support/serving.ts";

const small = { bodyBytes: 300, headerBytes: 2048 };

test("refuses a body that says it is too large, before reading it", async () => {
  await using served = await testGateway({ limits: small });
  const answer = await served.post("/predict", "x".repeat(301));
  expect([answer.status, answer.body]).toEqual([413, expect.stringContaining("request-too-large")]);
});

test("refuses a body that becomes too large in chunks", async () => {
  await using served = await testGateway({ limits: small });
  const chunk = `64\r\n${"x".repeat(100)}\r\n`;
  const head =
    "POST /predict HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n";
  const answer = await served.raw(`${head}${chunk.repeat(4)}0\r\n\r\n`);
  expect(answer).toMatch(/^HTTP\/1\.1 413 /);
});

test("cuts a client that goes on sending long after it was refused", async () => {
  await using served = await testGateway({ limits: small });
  const head = "POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n";
  const answer = await served.raw(`${head}${"x".repeat(5000)}`);
  expect(answer).toMatch(/^HTTP\/1\.1 413 /);
});

test("does not ask for a body that is too large", async () => {
  await using served = await testGateway({ limits: small });
  const answer = await served.raw(
    "POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 301\r\nExpect: 100-continue\r\n\r\n",
  );
  expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  expect(answer).not.toContain("100 Continue");
});

test("lets a client go on that asks before sending its body", async () => {
  await using served = await testGateway();
  const body = JSON.stringify([churnRow]);
  const answer = await served.raw(
    `POST /predict HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${String(body.length)}\r\nExpect: 100-continue\r\n\r\n${body}`,
  );
  expect(answer).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 /);
});

test.each([
  {
    name: "headers that are too large",
    request: `GET /v2 HTTP/1.1\r\nHost: localhost\r\nX-Large: ${"x".repeat(3000)}\r\n\r\n`,
    status: 431,
  },
  {
    name: "a request without a host",
    request: "GET /v2 HTTP/1.1\r\nConnection: close\r\n\r\n",
    status: 400,
  },
  {
    name: "two hosts",
    request:
      "GET /v2 HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
    status: 421,
  },
  {
    name: "a length beside chunks",
    request:
      "POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    status: 400,
  },
  { name: "something that is not HTTP", request: "hello\r\n\r\n", status: 400 },
  {
    name: "a compressed body",
    request:
      "POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Encoding: gzip\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
    status: 415,
  },
  {
    name: "a path that does not decode",
    request: "GET /%ff HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    status: 400,
  },
  {
    name: "a whole address as path",
    request: "GET http://evil.example/v2 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    status: 400,
  },
])("refuses $name", async ({ request, status }) => {
  await using served = await testGateway({ limits: small });
  expect(await served.raw(request)).toMatch(new RegExp(`^HTTP/1\\.1 ${String(status)} `));
});

test("treats an upgrade or hop-by-hop header as nothing to act on or to send back", async () => {
  await using served = await testGateway();
  const answer = await served.raw(
    "GET /v2/health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close, x-secret\r\nX-Secret: s3cret\r\nTE: trailers\r\nProxy-Authorization: s3cret\r\n\r\n",
  );
  expect(answer).toMatch(/^HTTP\/1\.1 200 /);
  expect(answer).not.toMatch(/s3cret|x-secret|proxy|trailers/i);
});

test("cuts a client that sends its headers drop by drop", async () => {
  await using served = await testGateway({
    limits: { headersTimeoutMs: 100, requestTimeoutMs: 200 },
  });
  const answer = await served.raw("GET /v2 HTTP/1.1\r\nHost: localhost\r\nX-Slow: ");
  expect(answer).toMatch(/^HTTP\/1\.1 408 /);
});

test("cuts a client that never finishes its body", async () => {
  await using served = await testGateway({
    limits: { headersTimeoutMs: 100, requestTimeoutMs: 200 },
  });
  const answer = await served.raw(
    "POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{",
  );
  expect(answer).toMatch(/^HTTP\/1\.1 408 /);
});

test("answers only under loopback names by default, so that a rebound name reaches nothing", async () => {
  await using served = await testGateway();
  const statuses = await Promise.all(
    [
      "localhost:1",
      "127.0.0.1",
      "[::1]:8080",
      "evil.example",
      "127.0.0.1.evil.example",
      "localhost@evil.example",
    ].map(async (host) => (await served.get("/v2", { host })).status),
  );
  expect(statuses).toEqual([200, 200, 200, 421, 421, 421]);
});

test("answers under names that are allowed", async () => {
  await using served = await testGateway({ allowedHosts: ["churn.internal"] });
  expect((await served.get("/v2", { host: "Churn.Internal:8080" })).status).toBe(200);
});

test("refuses pages of other origins and never allows them by CORS", async () => {
  await using served = await testGateway();
  const foreign = await served.post("/predict", [churnRow], { origin: "https://evil.example" });
  const sandboxed = await served.post("/predict", [churnRow], { origin: "null" });
  const own = await served.post("/predict", [churnRow], {
    host: "localhost:8080",
    origin: "http://localhost:8080",
  });
  expect([foreign.status, sandboxed.status, own.status]).toEqual([403, 403, 200]);
  expect(Object.keys(own.headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
});

test("echoes a plain request id and replaces any other", async () => {
  await using served = await testGateway();
  const plain = await served.get("/v2", { "x-request-id": "req-7" });
  const other = await served.get("/v2", { "x-request-id": "a b" });
  expect(plain.headers["x-request-id"]).toBe("req-7");
  expect(other.headers["x-request-id"]).toMatch(/^[0-9a-f-]{36}$/);
});

test("answers HEAD like GET without a body", async () => {
  await using served = await testGateway();
  const answer = await served.raw(
    "HEAD /v2/health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
  );
  expect(answer).toMatch(/^HTTP\/1\.1 200 /);
  expect(answer.endsWith("\r\n\r\n")).toBe(true);
});

test("finishes what is in flight before it closes, and takes nothing new", async () => {
  const gate = Promise.withResolvers<undefined>();
  let calls = 0;
  const served = await testGateway({
    limits: { drainMs: 4000 },
    predict: async (table, options) => {
      calls += 1;
      await gate.promise;
      return predictByTenure(table, options);
    },
  });
  const inFlight = served.post("/predict", [churnRow]);
  await until(() => calls === 1);
  const closing = served.gateway.close();
  await expect(served.get("/v2")).rejects.toThrow(/ECONNREFUSED/);
  expect(served.workers[0]?.isClosed()).toBe(false);
  gate.resolve(undefined);
  const answer = await inFlight;
  expect(answer.status).toBe(200);
  await closing;
  expect(served.workers[0]?.isClosed()).toBe(true);
});

test("cuts what does not finish in the time to drain", async () => {
  let calls = 0;
  const served = await testGateway({
    limits: { drainMs: 50 },
    predict: () => {
      calls += 1;
      return new Promise(() => undefined);
    },
  });
  const inFlight = served.post("/predict", [churnRow]);
  const outcome = inFlight.then(
    () => "answered",
    () => "cut",
  );
  await until(() => calls === 1);
  await served.gateway.close();
  expect(await outcome).toBe("cut");
});

test("says that a port is taken", async () => {
  await using served = await testGateway();
  const { startSafeServer } = await import("../../src/http/safe-server.ts");
  const starting = startSafeServer({
    host: "127.0.0.1",
    port: served.gateway.port,
    limits: {
      bodyBytes: 1,
      headerBytes: 1024,
      headersTimeoutMs: 1,
      requestTimeoutMs: 1,
      idleTimeoutMs: 1,
      connections: 1,
    },
    allowedHosts: [],
    handle: () => ({ status: 200, contentType: "text/plain", body: "" }),
    renderRefusal: () => ({ status: 400, contentType: "text/plain", body: "" }),
    onError: () => undefined,
  });
  await expect(starting).rejects.toMatchObject({ code: "EADDRINUSE" });
});
