/** From a request to the alias, the lock file and the record; on memory registry and files, so that every order of events can be tried. */
import { expect, test } from "vitest";
import {
  type AliasInput,
  assignAlias,
  type Environments,
  removeAlias,
} from "../../src/app/assign-alias.ts";
import { approveRequest, decideOtherwise } from "../../src/app/decide-approval.ts";
import { deleteModels } from "../../src/app/delete-models.ts";
import { findRequest } from "../../src/app/find-request.ts";
import { MODELS_LOCK, readModelsLock } from "../../src/app/models-lock.ts";
import { requestApproval } from "../../src/app/request-approval.ts";
import { sha256OfJson } from "../../src/base/hash.ts";
import type { Registry } from "../../src/ports/registry.ts";
import type { ApprovalRequest } from "../../src/registry/approval.ts";
import type { ApprovalPolicy } from "../../src/registry/approval-policy.ts";
import type { Identity } from "../../src/registry/identity.ts";
import { countingIds } from "../support/counting-ids.ts";
import { fixedClock } from "../support/fixed-clock.ts";
import { memoryFiles } from "../support/memory-files.ts";
import { memoryRegistry } from "../support/memory-registry.ts";
import { requestOf, versionOf } from "../support/registry-contract-values.ts";

const ada: Identity = { name: "Ada <ada@example.org>", grade: "authenticated" };
const grace: Identity = { name: "Grace <grace@example.org>", grade: "authenticated" };
const environments: Environments = {
  known: ["staging", "production"],
  guarded: ["production"],
  store: "s3://models",
};
const policy: ApprovalPolicy = {
  approvers: [],
  fourEyes: true,
  identities: "authenticated",
  require: ["certificate"],
};

function registered(content: string): ReturnType<typeof versionOf> {
  const version = versionOf(content);
  return { ...version, contentDigest: sha256OfJson(version.files) };
}

function project() {
  const registry = memoryRegistry();
  for (const content of ["1", "2", "3"]) registry.models.register(registered(content));
  const ports = {
    registry,
    files: memoryFiles(),
    clock: fixedClock(100_000),
    ids: countingIds(),
  };
  const ask = async (reference = 1, environment = "production"): Promise<ApprovalRequest> => {
    const version = registry.models.get("churn", reference);
    if (version === undefined) throw new Error("no such version");
    const { evidence } = requestOf();
    return requestApproval(
      {
        version,
        environment,
        environments: environments.known,
        reason: "better recall",
        evidence,
        policy,
        expiresDays: 14,
        actor: ada,
      },
      ports,
    );
  };
  const approve = async (
    request: ApprovalRequest,
    change: Partial<Parameters<typeof approveRequest>[0]> = {},
  ): ReturnType<typeof approveRequest> =>
    approveRequest(
      {
        request,
        reason: "fine",
        actor: grace,
        force: false,
        hold: false,
        policy,
        share: async () => Promise.resolve(environments),
        ...change,
      },
      ports,
    );
  const alias = async (change: Partial<AliasInput>): ReturnType<typeof assignAlias> =>
    assignAlias(
      {
        reference: "churn@v1",
        alias: "production",
        actor: ada,
        environments,
        force: undefined,
        share: async () => Promise.resolve(environments),
        ...change,
      },
      ports,
    );
  return { ...ports, ports, ask, approve, alias };
}

function actionsOf({ audit }: Registry): readonly string[] {
  return audit
    .list()
    .map(({ action }) => action)
    .toReversed();
}

test("lets a version in by somebody else's word, and writes down who, what and why", async () => {
  const { registry, files, ask, approve } = project();
  const { request, decided } = await approve(await ask());
  expect(decided).toBe(true);
  expect(request.state).toBe("used");
  expect(registry.models.resolve("churn", "production")?.version).toBe(1);
  const lock = await readModelsLock(files);
  expect(lock?.environments).toMatchObject({
    production: {
      churn: {
        version: 1,
        store: "s3://models",
        approvals: [
          {
            request: 1,
            by: grace,
            "requested-by": ada,
            reason: "fine",
            evidence: { tests: { passed: 12 }, thresholds: [{ holds: true }, { holds: false }] },
          },
        ],
      },
    },
  });
  expect(actionsOf(registry)).toEqual(["approval.requested", "approval.approved", "alias.moved"]);
  expect(registry.audit.list(1)[0]).toMatchObject({
    subject: "churn@production",
    actor: grace,
    details: { from: null, to: 1, request: 1 },
  });
});

test("changes nothing where the policy refuses, and tells all that is missing", async () => {
  const { registry, files, ask, approve } = project();
  const request = await ask();
  const done = await approve(request, {
    actor: { ...ada, grade: "asserted" },
    policy: { ...policy, require: ["tests"] },
  });
  expect(done.decided).toBe(false);
  expect(done.refusals.map(({ code }) => code)).toEqual([
    "approver-is-author",
    "approver-is-author",
    "identity-not-authenticated",
  ]);
  expect(registry.approvals.get(1)).toEqual(request);
  expect(registry.models.aliases("churn")).toEqual([]);
  expect(await files.readText(MODELS_LOCK)).toBeUndefined();
  expect(actionsOf(registry)).toEqual(["approval.requested"]);
});

test("decides by the policy in force now, not by the one of the request", async () => {
  const { ask, approve } = project();
  const done = await approve(await ask(), {
    policy: { ...policy, approvers: ["linus@example.org"] },
  });
  expect(done.refusals.map(({ code }) => code)).toEqual(["approver-not-allowed"]);
});

test("keeps what was forced in the decision, the event and the lock file", async () => {
  const { registry, files, ask, approve } = project();
  const done = await approve(await ask(), { actor: ada, force: true, reason: "the site is down" });
  expect(done.request.decisions[0]).toMatchObject({
    reason: "the site is down",
    forced: [{ code: "approver-is-author" }, { code: "approver-is-author" }],
  });
  expect(registry.audit.list().find(({ action }) => action === "approval.approved")).toMatchObject({
    details: { forced: ["approver-is-author", "approver-is-author"], reason: "the site is down" },
  });
  const [approval] =
    (await readModelsLock(files))?.environments["production"]?.["churn"]?.approvals ?? [];
  expect(approval?.forced).toHaveLength(2);
});

test("holds an approval back until the alias is moved, once", async () => {
  const { registry, ask, approve, alias } = project();
  const { request } = await approve(await ask(), { hold: true });
  expect(request.state).toBe("approved");
  expect(registry.models.aliases("churn")).toEqual([]);
  await alias({});
  expect(registry.approvals.get(1)?.state).toBe("used");
  await alias({ reference: "churn@v2", force: "trying" });
  await expect(alias({})).rejects.toMatchObject({ code: "approval-needed" });
});

const refusedMoves = [
  { name: "without a request", prepare: async () => Promise.resolve() },
  {
    name: "with one that is open",
    prepare: async ({ ask }: ReturnType<typeof project>) => {
      await ask();
    },
  },
  {
    name: "with one that was rejected",
    prepare: async ({ ask, ports }: ReturnType<typeof project>) => {
      const rejected = {
        kind: "reject",
        request: await ask(),
        reason: "no",
        actor: grace,
      } as const;
      await Promise.resolve(decideOtherwise(rejected, ports));
    },
  },
  {
    name: "with one for another environment",
    prepare: async ({ ask, approve }: ReturnType<typeof project>) => {
      await approve(await ask(1, "staging"), { hold: true });
    },
  },
  {
    name: "with one for another version",
    prepare: async ({ ask, approve }: ReturnType<typeof project>) => {
      await approve(await ask(2), { hold: true });
    },
  },
  {
    name: "with one that was taken back after it was approved",
    prepare: async ({ ask, approve, ports }: ReturnType<typeof project>) => {
      const { request } = await approve(await ask(), { hold: true });
      decideOtherwise({ kind: "withdraw", request, reason: "", actor: ada }, ports);
    },
  },
  {
    name: "with one that is past its time",
    prepare: async (world: ReturnType<typeof project>) => {
      await world.approve(await world.ask(), { hold: true });
      world.clock.advance(15 * 24 * 60 * 60 * 1000);
    },
  },
];

for (const { name, prepare } of refusedMoves) {
  test(`does not move a guarded alias ${name}`, async () => {
    const world = project();
    await prepare(world);
    const before = actionsOf(world.registry).filter((action) => action !== "approval.expired");
    await expect(world.alias({})).rejects.toMatchObject({ code: "approval-needed" });
    expect(world.registry.models.aliases("churn")).toEqual([]);
    expect(actionsOf(world.registry).filter((action) => action !== "approval.expired")).toEqual(
      before,
    );
    expect(await world.files.readText(MODELS_LOCK)).toBeUndefined();
  });
}

test("moves a guarded alias by force, with the reason in event and lock file", async () => {
  const { registry, files, alias } = project();
  await alias({ force: "rolling back by hand" });
  expect(registry.audit.list(1)[0]?.details).toMatchObject({
    from: null,
    to: 1,
    forced: "rolling back by hand",
  });
  const entry = (await readModelsLock(files))?.environments["production"]?.["churn"];
  expect(entry?.approvals).toMatchObject([
    { request: null, reason: "rolling back by hand", forced: ["an approval"] },
  ]);
});

test("moves other aliases freely: an environment's is in the lock file, and a free one is not", async () => {
  const { registry, files, alias } = project();
  await alias({ alias: "champion" });
  expect(await files.readText(MODELS_LOCK)).toBeUndefined();
  await alias({ alias: "staging", reference: "churn@v2" });
  const lock = await readModelsLock(files);
  expect(lock?.environments["staging"]?.["churn"]).toMatchObject({ version: 2, approvals: [] });
  expect(await alias({ alias: "staging", reference: "churn@v2" })).toMatchObject({ before: 2 });
  expect(actionsOf(registry)).toEqual(["alias.moved", "alias.moved"]);
});

test("takes an alias away with its lock entry, a guarded one by force only", async () => {
  const { files, alias, ports } = project();
  await alias({ alias: "staging" });
  await alias({ force: "first" });
  const remove = async (name: string, force?: string): Promise<unknown> =>
    removeAlias({ model: "churn", alias: name, actor: ada, environments, force }, ports);
  await remove("staging");
  expect(Object.keys((await readModelsLock(files))?.environments ?? {})).toEqual(["production"]);
  await expect(remove("production")).rejects.toMatchObject({ code: "approval-needed" });
  await expect(remove("nobody")).rejects.toMatchObject({ code: "alias-unknown" });
  await remove("production", "switched off");
  expect((await readModelsLock(files))?.environments).toEqual({});
});

test("asks for no environment that the settings do not name, and not for what runs already", async () => {
  const { ask, approve } = project();
  await expect(ask(1, "prodution")).rejects.toThrow(
    expect.objectContaining({ code: "environment-unknown" }),
  );
  await approve(await ask());
  await expect(ask()).rejects.toThrow(expect.objectContaining({ code: "approval-needless" }));
});

test("asks again when an earlier request is past its time", async () => {
  const { ask, clock, registry } = project();
  await ask();
  await expect(ask()).rejects.toThrow(expect.objectContaining({ code: "approval-open" }));
  clock.advance(15 * 24 * 60 * 60 * 1000);
  expect((await ask()).id).toBe(2);
  expect(registry.approvals.get(1)?.state).toBe("expired");
});

test("finds a request by its number, or by the version where one of it waits", async () => {
  const { ask, approve, registry } = project();
  await ask();
  expect(findRequest("1", registry).id).toBe(1);
  expect(findRequest("#1", registry).id).toBe(1);
  expect(findRequest("churn@v1", registry).id).toBe(1);
  await ask(1, "staging");
  expect(() => findRequest("churn@v1", registry)).toThrow(
    expect.objectContaining({ code: "approval-ambiguous" }),
  );
  await approve(findRequest("1", registry));
  expect(findRequest("churn@v1", registry).id).toBe(2);
  expect(() => findRequest("9", registry)).toThrow(
    expect.objectContaining({ code: "approval-unknown" }),
  );
  expect(() => findRequest("churn@v3", registry)).toThrow(
    expect.objectContaining({ code: "approval-unknown" }),
  );
});

test("keeps both entries when two commands change the lock file at the same moment", async () => {
  const { files, alias, ports } = project();
  ports.registry.models.register({ ...registered("1"), model: "basket" });
  await Promise.all([
    alias({ alias: "staging" }),
    alias({ alias: "staging", reference: "basket@v1" }),
    alias({ force: "now" }),
  ]);
  const lock = await readModelsLock(files);
  expect(Object.keys(lock?.environments["staging"] ?? {})).toEqual(["basket", "churn"]);
  expect(Object.keys(lock?.environments["production"] ?? {})).toEqual(["churn"]);
  expect(await files.readText(`${MODELS_LOCK}.new`)).toBeUndefined();
  expect(ports.registry.pendingWrites.list()).toEqual([]);
});

test("refuses a lock file whose list of files was changed by hand, and changes nothing", async () => {
  const { files, alias, registry } = project();
  await alias({ alias: "staging" });
  const text = (await files.readText(MODELS_LOCK)) ?? "";
  await files.writeAtomic(MODELS_LOCK, text.replace("MLmodel: sha256:9", "MLmodel: sha256:8"));
  const line = text.split("\n").findIndex((each) => each.trim() === "files:") + 1;
  await expect(alias({ alias: "staging", reference: "churn@v2" })).rejects.toMatchObject({
    code: "lock-invalid",
    where: { path: MODELS_LOCK, line },
  });
  expect(registry.models.resolve("churn", "staging")?.version).toBe(1);
});

test("deletes what nothing names, all or nothing, and only says so on a dry run", async () => {
  const { registry, alias, ports } = project();
  const remove = async (references: readonly string[], dryRun = false): Promise<unknown> =>
    deleteModels({ references, reason: "old", dryRun, actor: ada }, ports);
  await alias({ alias: "staging" });
  await expect(remove(["churn@v2", "churn@v1"])).rejects.toMatchObject({
    code: "model-version-in-use",
  });
  expect(registry.models.list("churn")).toHaveLength(3);
  await remove(["churn@v2", "churn@v3"], true);
  expect(registry.models.list("churn")).toHaveLength(3);
  expect(actionsOf(registry)).toEqual(["alias.moved"]);
  await remove(["churn@v2", "churn@v2", "churn@v3"]);
  expect(registry.models.list("churn").map(({ version }) => version)).toEqual([1]);
  expect(actionsOf(registry)).toEqual(["alias.moved", "model.deleted", "model.deleted"]);
});
