import { readdir, readFile, rename, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openArtifactDirectory } from "../../src/adapters/artifact-dir.ts";
import { sha256 } from "../../src/base/hash.ts";
import type { Artifacts } from "../../src/ports/artifacts.ts";
import { memoryArtifacts } from "../support/memory-artifacts.ts";
import { scratchFolder } from "../support/stores/open-stores.ts";

const MODEL = Buffer.from("a model that was fitted on a Tuesday");
const DIGEST = sha256(MODEL);

function openMemory(): Promise<Artifacts> {
  const readBytes = (): Promise<undefined> => Promise.resolve(undefined);
  return Promise.resolve(memoryArtifacts({ readBytes, writeAtomic: () => Promise.resolve() }));
}

async function openDirectory(): Promise<Artifacts> {
  return openArtifactDirectory(await scratchFolder());
}

for (const [name, open] of [
  ["directory", openDirectory],
  ["memory", openMemory],
] as const) {
  test(`${name}: becomes a blob when its bytes match its name, and not before`, async () => {
    const artifacts = await open();
    const incoming = await artifacts.receive(DIGEST);
    await incoming.append(MODEL.subarray(0, 9));
    await incoming.append(MODEL.subarray(9));
    expect([incoming.bytes(), await artifacts.has(DIGEST)]).toEqual([MODEL.length, false]);
    expect(await incoming.finish()).toBe(DIGEST);
    await incoming.close();
    expect(Buffer.from((await artifacts.read(DIGEST)) ?? [])).toEqual(MODEL);
  });

  test(`${name}: the next goes on where one was closed`, async () => {
    const artifacts = await open();
    const first = await artifacts.receive(DIGEST);
    await first.append(MODEL.subarray(0, 9));
    await first.close();
    const second = await artifacts.receive(DIGEST);
    expect(second.bytes()).toBe(9);
    await second.append(MODEL.subarray(9));
    expect(await second.finish()).toBe(DIGEST);
  });

  test(`${name}: wrong bytes are named and gone`, async () => {
    const artifacts = await open();
    const first = await artifacts.receive(DIGEST);
    await first.append(Buffer.from("something else"));
    expect(await first.finish()).toBe(sha256("something else"));
    await first.close();
    expect(await artifacts.list()).toEqual([]);
    expect((await artifacts.receive(DIGEST)).bytes()).toBe(0);
  });

  test(`${name}: forgets what it is told to forget`, async () => {
    const artifacts = await open();
    const incoming = await artifacts.receive(DIGEST);
    await incoming.append(Buffer.from("something longer than the model that is to come here"));
    await incoming.restart();
    await incoming.append(MODEL);
    expect(await incoming.finish()).toBe(DIGEST);
  });

  test(`${name}: what is opened for sending is whole, or not there`, async () => {
    const artifacts = await open();
    expect(await artifacts.open(DIGEST)).toBeUndefined();
    await artifacts.write(MODEL);
    const source = await artifacts.open(DIGEST);
    const pieces: Uint8Array[] = [];
    for await (const piece of source?.read(2, 7) ?? []) pieces.push(piece);
    expect([source?.bytes, Buffer.concat(pieces).toString()]).toEqual([MODEL.length, "model"]);
  });
}

test("two who receive the same blob never write the same file", async () => {
  const artifacts = await openDirectory();
  const [one, two] = [await artifacts.receive(DIGEST), await artifacts.receive(DIGEST)];
  await one.append(MODEL.subarray(0, 9));
  expect(two.bytes()).toBe(0);
  await two.append(MODEL);
  expect(await two.finish()).toBe(DIGEST);
  await one.append(MODEL.subarray(9));
  expect(await one.finish()).toBe(DIGEST);
  expect(await readdir(join(artifacts.root, "partial"))).toEqual([]);
  expect(await readdir(join(artifacts.root, "tmp")).catch(() => [])).toEqual([]);
});

test("nothing stays of what was closed before anything came", async () => {
  const artifacts = await openDirectory();
  await (await artifacts.receive(DIGEST)).close();
  expect(await readdir(join(artifacts.root, "partial"))).toEqual([]);
});

test("takes over what a process left that is no more, and nothing of one that lives", async () => {
  const artifacts = await openDirectory();
  const partial = join(artifacts.root, "partial");
  const running = await artifacts.receive(DIGEST);
  await running.append(MODEL.subarray(0, 9));
  const [name = ""] = await readdir(partial);
  // The same name with a process in it that cannot be: numbers end below this one.
  const [machine = ""] = /(?<=\.)[0-9a-f]{12}_/.exec(name) ?? [];
  const dead = name.replace(/_\d+_/, "_99999999_");
  expect([machine.length, dead === name]).toEqual([13, false]);
  await writeFile(join(partial, dead), MODEL.subarray(0, 20));
  const elsewhere = dead.replace(machine, "0123456789ab_");
  await writeFile(join(partial, elsewhere), MODEL.subarray(0, 30));
  const next = await artifacts.receive(DIGEST);
  expect(next.bytes()).toBe(20);
  expect(await readFile(join(partial, elsewhere))).toEqual(MODEL.subarray(0, 30));
  expect(running.bytes()).toBe(9);
  await next.close();
  await running.close();
});

test("takes over the longest of several", async () => {
  const artifacts = await openDirectory();
  const partial = join(artifacts.root, "partial");
  for (const bytes of [5, 25, 10]) {
    const incoming = await artifacts.receive(DIGEST);
    await incoming.append(MODEL.subarray(0, bytes));
    await incoming.close();
    for (const name of await readdir(partial))
      if (name.includes(".free."))
        await rename(join(partial, name), join(partial, `x${String(bytes)}`));
  }
  const hex = DIGEST.slice("sha256:".length);
  for (const bytes of [5, 25, 10])
    await rename(join(partial, `x${String(bytes)}`), join(partial, `${hex}.free.${String(bytes)}`));
  expect((await artifacts.receive(DIGEST)).bytes()).toBe(25);
});

test("cleaning removes what nobody has gone on with", async () => {
  const artifacts = await openDirectory();
  const incoming = await artifacts.receive(DIGEST);
  await incoming.append(MODEL);
  await incoming.close();
  const [name = ""] = await readdir(join(artifacts.root, "partial"));
  expect(await artifacts.removeLeftovers(Date.now() - 60_000)).toBe(0);
  await utimes(join(artifacts.root, "partial", name), 0, 0);
  expect(await artifacts.removeLeftovers(Date.now() - 60_000)).toBe(MODEL.length);
  expect((await artifacts.receive(DIGEST)).bytes()).toBe(0);
});
