import { afterAll, beforeAll, expect, test } from "vitest";
import { createFiles } from "../../src/adapters/node-files.ts";
import { createProcesses } from "../../src/adapters/processes.ts";
import { signStatement } from "../../src/app/sign-statement.ts";
import { type WeighRequest, weighProof } from "../../src/app/weigh-proof.ts";
import { sha256 } from "../../src/base/hash.ts";
import { err, ok } from "../../src/base/result.ts";
import type { Identity } from "../../src/registry/identity.ts";
import type { CiClaims, Proof } from "../../src/registry/proof-schema.ts";
import type { Statement } from "../../src/registry/statement.ts";
import { fakeGit } from "../support/fake-git.ts";
import { makeSshKey, type SshKey } from "../support/ssh-keys.ts";
import { type TempProject, tempProject } from "../support/temp-project.ts";

const { signal } = new AbortController();
const environment = { PATH: process.env["PATH"], HOME: "/nowhere" };

const statement: Statement = {
  decision: "approve",
  model: "churn",
  version: 3,
  content: `sha256:${"ab".repeat(32)}`,
  environment: "production",
  request: 7,
  requestedBy: "ada@example.org",
  reason: "recall rose",
  at: "2026-01-02T10:00:00.000Z",
};

let project: TempProject;
let grace: SshKey;
let eve: SshKey;

beforeAll(async () => {
  project = await tempProject();
  grace = makeSshKey(project, "grace");
  eve = makeSshKey(project, "eve");
  await project.write(
    "signers",
    `grace@example.org ${grace.publicText}\neve@example.org ${eve.publicText}\n`,
  );
});
afterAll(async () => project[Symbol.asyncDispose]());

function ports() {
  return { files: createFiles(project.root), processes: createProcesses(), git: fakeGit() };
}

async function signed(changes: Partial<Statement> = {}, key = grace): Promise<Identity> {
  const surroundings = { environment, signal, isInteractive: false, signersFile: "signers" };
  return signStatement(
    { statement: { ...statement, ...changes }, key: key.path, ...surroundings },
    ports(),
  );
}

async function weigh(identity: Identity, changes: Partial<WeighRequest> = {}): Promise<unknown> {
  const vouching = async () => err("the commit that wrote it is not signed");
  const request = { identity, statement, signersFile: "signers", vouching, environment, signal };
  const weighed = await weighProof({ ...request, ...changes }, ports());
  return [weighed.identity.name, weighed.identity.grade, weighed.because];
}

function commitOf(principal: string): () => Promise<{ ok: true; value: Proof }> {
  const key = grace.fingerprint;
  return async () => ok({ kind: "commit-signature", commit: "4f2a".repeat(10), principal, key });
}

function job(claims: CiClaims = {}): Identity {
  const at = { issued: "2026-01-02T09:59:00.000Z", expires: "2026-01-02T10:04:00.000Z" };
  const issuer = "https://gitlab.com";
  const known = { repository: "gitlab.com/acme/churn", actor: "grace", event: "web", ...claims };
  const proof: Proof = {
    kind: "oidc",
    issuer,
    subject: "s",
    audience: "mlops",
    claims: known,
    ...at,
  };
  return { name: "gitlab.com/grace", grade: "authenticated", proof };
}

const machine: Identity = {
  name: "retrain-bot",
  grade: "machine",
  proof: { kind: "service-token", machine: "retrain-bot", digest: sha256("x") },
};

test("finds a signature good again", async () => {
  const identity = await signed();
  expect(identity).toMatchObject({
    name: "grace@example.org",
    grade: "authenticated",
    proof: { key: grace.fingerprint },
  });
  expect(await weigh(identity)).toEqual(["grace@example.org", "authenticated", undefined]);
});

test.each<Partial<Statement>>([
  { version: 4 },
  { environment: "staging" },
  { decision: "request", request: undefined },
  { requestedBy: "eve@example.org" },
  { content: `sha256:${"cd".repeat(32)}` },
])("does not take a signature under another statement: %j", async (changes) => {
  expect(await weigh(await signed(changes))).toEqual([
    "grace@example.org",
    "asserted",
    "the signature is not one of this text",
  ]);
});

test.each<{ name: string; change: (identity: Identity) => Identity; because: string }>([
  {
    name: "gives another's signature out for one's own",
    change: (identity) => ({ ...identity, name: "ada@example.org" }),
    because: "what it rests on is of grace@example.org",
  },
  {
    name: "changes the name in both places",
    change: ({ grade, proof }) =>
      proof?.kind === "signature"
        ? { name: "ada@example.org", grade, proof: { ...proof, principal: "ada@example.org" } }
        : { name: "", grade },
    because: "the signature is of grace@example.org",
  },
  {
    name: "says that it is authenticated, and nothing else",
    change: ({ name }) => ({ name, grade: "authenticated" }),
    because: "the commit that wrote it is not signed",
  },
  {
    name: "says that a commit was signed",
    change: ({ name, grade }) => ({
      name,
      grade,
      proof: {
        kind: "commit-signature",
        commit: "4f2a".repeat(10),
        principal: name,
        key: grace.fingerprint,
      },
    }),
    because: "the commit that wrote it is not signed",
  },
])("does not believe a record that $name", async ({ change, because }) => {
  const identity = change(await signed());
  expect(await weigh(identity)).toEqual([identity.name, "asserted", because]);
});

test("takes no signature where the settings name no file with keys", async () => {
  expect(await weigh(await signed(), { signersFile: undefined })).toEqual([
    "grace@example.org",
    "asserted",
    "approval.signers names no file with keys",
  ]);
});

test.each<{
  name: string;
  identity: Identity;
  signer: string | undefined;
  expected: readonly unknown[];
}>([
  {
    name: "their own signed commit for an asserted approver",
    identity: { name: "Grace <GRACE@example.org>", grade: "asserted" },
    signer: "grace@example.org",
    expected: ["Grace <GRACE@example.org>", "authenticated", undefined],
  },
  {
    name: "no other's commit",
    identity: { name: "Grace <grace@example.org>", grade: "asserted" },
    signer: "eve@example.org",
    expected: [
      "Grace <grace@example.org>",
      "asserted",
      "the commit that wrote it is signed by eve@example.org",
    ],
  },
  {
    name: "no commit of one who is not named by an email",
    identity: { name: "grace", grade: "asserted" },
    signer: "grace",
    expected: ["grace", "asserted", "the commit that wrote it is signed by grace"],
  },
  {
    name: "a job's token that a signed commit recorded",
    identity: job(),
    signer: "ci@example.org",
    expected: ["gitlab.com/grace", "authenticated", undefined],
  },
  {
    name: "a machine that a signed commit recorded",
    identity: machine,
    signer: "ci@example.org",
    expected: ["retrain-bot", "machine", undefined],
  },
  {
    name: "no job's token that nobody vouches for",
    identity: job(),
    signer: undefined,
    expected: [
      "gitlab.com/grace",
      "asserted",
      "a token cannot be checked again afterwards, and the commit that wrote it is not signed",
    ],
  },
  {
    name: "no machine that nobody vouches for",
    identity: machine,
    signer: undefined,
    expected: [
      "retrain-bot",
      "asserted",
      "a token cannot be checked again afterwards, and the commit that wrote it is not signed",
    ],
  },
  {
    name: "no token of a scheduled job for a person's",
    identity: job({ event: "schedule" }),
    signer: "ci@example.org",
    expected: ["gitlab.com/grace", "asserted", "what it rests on is of gitlab.com/acme/churn"],
  },
  {
    name: "no token of a job that was run again",
    identity: job({ attempt: "2" }),
    signer: "ci@example.org",
    expected: [
      "gitlab.com/grace",
      "asserted",
      "the job was run again, and its token does not say by whom",
    ],
  },
])("takes $name", async ({ identity, signer, expected }) => {
  const changes = signer === undefined ? {} : { vouching: commitOf(signer) };
  expect(await weigh(identity, changes)).toEqual(expected);
});

test.each<{
  name: string;
  identity: () => Promise<Identity> | Identity;
  expected: readonly unknown[];
}>([
  {
    name: "a job's token",
    identity: () => job(),
    expected: ["gitlab.com/grace", "authenticated", undefined],
  },
  { name: "a machine", identity: () => machine, expected: ["retrain-bot", "machine", undefined] },
  {
    name: "a signature",
    identity: () => signed(),
    expected: ["grace@example.org", "authenticated", undefined],
  },
  {
    name: "no signature under another statement",
    identity: () => signed({ version: 4 }),
    expected: ["grace@example.org", "asserted", "the signature is not one of this text"],
  },
  {
    name: "no grade without anything behind it",
    identity: () => ({ name: "grace@example.org", grade: "authenticated" }),
    expected: ["grace@example.org", "asserted", "nothing that was checked is on record"],
  },
  {
    name: "no commit, which the registry knows nothing of",
    identity: async () => ({ ...job(), proof: (await commitOf("grace@example.org")()).value }),
    expected: ["gitlab.com/grace", "asserted", "nothing that was checked is on record"],
  },
])("takes $name from the registry of this machine", async ({ identity, expected }) => {
  expect(await weigh(await identity(), { vouching: "own-registry" })).toEqual(expected);
});

test("takes no token for what was decided at another time", async () => {
  const later = { ...statement, at: "2026-01-02T11:00:00.000Z" };
  expect(await weigh(job(), { statement: later, vouching: commitOf("ci@example.org") })).toEqual([
    "gitlab.com/grace",
    "asserted",
    "the token was not valid at the time of the decision",
  ]);
});

test.each([
  {
    name: "there is no setting",
    signersFile: undefined,
    key: undefined,
    code: "signers-missing",
    hint: /approval\.signers/,
  },
  {
    name: "there is no file",
    signersFile: "gone",
    key: undefined,
    code: "signers-missing",
    hint: />> gone/,
  },
  {
    name: "there is no key",
    signersFile: "signers",
    key: undefined,
    code: "signing-key-missing",
    hint: /--sign-with/,
  },
])("says what to type when $name", async ({ signersFile, key, code, hint }) => {
  const request = { statement, key, signersFile, environment, signal, isInteractive: false };
  await expect(signStatement(request, ports())).rejects.toMatchObject({
    code,
    hint: expect.stringMatching(hint) as unknown,
  });
});

test("keeps no signature that would not count", async () => {
  const stranger = makeSshKey(project, "stranger");
  await expect(signed({}, stranger)).rejects.toMatchObject({ code: "signature-not-accepted" });
});
