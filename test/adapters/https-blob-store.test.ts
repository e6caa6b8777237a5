import { expect, test } from "vitest";
import { openHttpsStore } from "../../src/adapters/https-blob-store.ts";
import { sha256 } from "../../src/base/hash.ts";
import { pseudoRandomBytes } from "../support/pseudo-random-bytes.ts";
import { PLAIN_TOKEN, startPlainServer } from "../support/stores/plain-server.ts";
import { get, put } from "../support/stores/whole-blobs.ts";

const SMALL = Buffer.from("customer,churned\n1,yes\n");
/** More than connections take in before somebody reads. */
const LARGE = pseudoRandomBytes(16 << 20, 3);
const never = new AbortController().signal;

test("a server that gives and takes nothing is told from one that fails", async () => {
  const server = await startPlainServer();
  const store = openHttpsStore(`${server.url}/store`, undefined);
  for (const status of [405, 501]) {
    server.fault = ({ method }) =>
      method === "PUT" ? { kind: "answer", answer: { status } } : undefined;
    for (const bytes of [SMALL, LARGE])
      await expect(put(store, bytes)).rejects.toMatchObject({ code: "store-read-only" });
  }
  await server.vanish();
});

test("a server that says yes to everything is no store", async () => {
  const server = await startPlainServer();
  const store = openHttpsStore(`${server.url}/store`, undefined);
  server.fault = ({ method }) =>
    method === "PUT"
      ? { kind: "answer", answer: { status: 200 } }
      : { kind: "answer", answer: { status: 404 } };
  await expect(put(store, SMALL)).rejects.toMatchObject({ code: "store-refused" });
  await server.vanish();
});

test("a server that cannot begin in the middle sends all of it again", async () => {
  const server = await startPlainServer();
  const store = openHttpsStore(`${server.url}/store`, undefined);
  server.fault = () => ({ kind: "answer", answer: { status: 200, body: SMALL } });
  expect(await get(store, SMALL, 9)).toEqual({ from: 0, bytes: SMALL });
  await server.vanish();
});

test("without the token the store says which one it wants", async () => {
  const server = await startPlainServer();
  const store = openHttpsStore(`${server.url}/store`, undefined);
  const denied = {
    code: "store-denied",
    hint: expect.stringContaining("MLOPS_STORE_TOKEN") as string,
  };
  await expect(store.has([sha256(SMALL)], never)).rejects.toMatchObject(denied);
  await server.vanish();
});

test("the token is not sent on to another host", async () => {
  const [server, other] = [await startPlainServer(), await startPlainServer()];
  const seen: unknown[] = [];
  other.fault = ({ header }) => {
    seen.push(header("authorization"));
    return { kind: "answer", answer: { status: 200, body: SMALL } };
  };
  const location = other.url.replace("127.0.0.1", "localhost");
  server.fault = () => ({ kind: "answer", answer: { status: 302, headers: { location } } });
  const store = openHttpsStore(`${server.url}/store`, PLAIN_TOKEN);
  expect((await get(store, SMALL, 0)).bytes).toEqual(SMALL);
  expect(seen).toEqual([undefined]);
  await Promise.all([server.vanish(), other.vanish()]);
});
