// Whatever is written when the disk is full or another process holds the lock: a clear error, and all as it was before.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openDatabase, openRegistry, registryOn } from "../../../src/adapters/sqlite/open.ts";
import { MlopsError } from "../../../src/base/errors.ts";
import type { Registry } from "../../../src/ports/registry.ts";
import { everythingIn, prepareWrites, REGISTRY_WRITES } from "../../support/registry-writes.ts";

const kinds = Object.entries(REGISTRY_WRITES);

function registryPath(): string {
  const folder = mkdtempSync(join(tmpdir(), "mlops-registry-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return join(folder, "registry.db");
}

/** What the registry must hold: all that was acknowledged, and nothing else. */
function twinOf(acknowledged: (twin: Registry) => void): unknown {
  const twin = openRegistry(":memory:");
  prepareWrites(twin);
  acknowledged(twin);
  const everything = everythingIn(twin);
  twin.close();
  return everything;
}

function codeOf(write: () => void): string | undefined {
  try {
    write();
    return undefined;
  } catch (error) {
    if (error instanceof MlopsError) return error.code;
    throw error;
  }
}

test.each(kinds)("a full disk refuses %s and keeps all that was acknowledged", (_name, kind) => {
  const path = registryPath();
  const db = openDatabase(path);
  const registry = registryOn(db, path);
  prepareWrites(registry);
  db.pragma(`max_page_count = ${String(Number(db.pragma("page_count", { simple: true })))}`);
  let code: string | undefined;
  let refused = 0;
  while (code === undefined) {
    refused += 1;
    const n = refused;
    code = codeOf(() => {
      kind.write(registry, n);
    });
  }
  expect(code).toBe("disk-full");
  const acknowledged = twinOf((twin) => {
    for (let n = 1; n < refused; n += 1) kind.write(twin, n);
  });
  expect(everythingIn(registry)).toEqual(acknowledged);
  registry.close();
  const again = openRegistry(path);
  expect(everythingIn(again)).toEqual(acknowledged);
  kind.write(again, refused);
  expect(kind.count(again)).toBe(refused);
  again.close();
});

test.each(kinds)("a held lock refuses %s and lets everything be read", (_name, kind) => {
  const path = registryPath();
  const registry = openRegistry(path, { busyTimeoutMs: 20 });
  prepareWrites(registry);
  kind.write(registry, 1);
  const holder = openDatabase(path);
  holder.exec("BEGIN IMMEDIATE");
  expect(
    codeOf(() => {
      kind.write(registry, 2);
    }),
  ).toBe("registry-locked");
  expect(everythingIn(registry)).toEqual(
    twinOf((twin) => {
      kind.write(twin, 1);
    }),
  );
  // Another command may begin meanwhile, as long as it only reads.
  openRegistry(path, { busyTimeoutMs: 20 }).close();
  holder.exec("ROLLBACK");
  kind.write(registry, 2);
  expect(kind.count(registry)).toBe(2);
  registry.close();
  holder.close();
});
