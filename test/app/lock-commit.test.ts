import { mkdir, rm } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createGit } from "../../src/adapters/git.ts";
import { createFiles } from "../../src/adapters/node-files.ts";
import { createProcesses } from "../../src/adapters/processes.ts";
import { type PlacedApproval, proofOfLockCommit } from "../../src/app/lock-commit.ts";
import { MODELS_LOCK } from "../../src/app/models-lock.ts";
import { renderYaml, type YamlValue } from "../../src/base/yaml.ts";
import type { LockApproval } from "../../src/registry/schema.ts";
import { makeSshKey, type SshKey, startRepository } from "../support/ssh-keys.ts";
import { type TempProject, tempProject } from "../support/temp-project.ts";

const content = `sha256:${"ab".repeat(32)}` as const;
const { signal } = new AbortController();

/** Grace's word for churn@v3, which nothing but a commit makes good. */
const approval: LockApproval = {
  request: 7,
  by: { name: "Grace <grace@example.org>", grade: "asserted" },
  "requested-by": { name: "Ada <ada@example.org>", grade: "asserted" },
  reason: "recall rose",
  at: "2026-01-02T10:00:00.000Z",
};

function entryOf(approvals: readonly LockApproval[]): YamlValue {
  return {
    version: 3,
    pipeline: "churn",
    revision: 2,
    run: "0".repeat(32),
    registered: {
      by: { name: "Ada <ada@example.org>", grade: "asserted" },
      at: "2026-01-01T10:00:00.000Z",
    },
    content,
    files: {},
    "pickled-names": null,
    metrics: {},
    certificate: null,
    approvals,
    store: null,
  };
}

function lockOf(environments: Readonly<Record<string, readonly LockApproval[]>>): string {
  return renderYaml({
    version: 1,
    environments: Object.fromEntries(
      Object.entries(environments).map(([name, approvals]) => [
        name,
        { churn: entryOf(approvals) },
      ]),
    ),
  });
}

const approved = lockOf({ production: [approval] });
const other = lockOf({ production: [approval], staging: [{ ...approval, reason: "to try" }] });
const placed: PlacedApproval = {
  environment: "production",
  model: "churn",
  version: 3,
  content,
  approval,
};

let keys: TempProject;
let grace: SshKey;
let eve: SshKey;

beforeAll(async () => {
  keys = await tempProject();
  grace = makeSshKey(keys, "grace");
  eve = makeSshKey(keys, "eve");
});
afterAll(async () => keys[Symbol.asyncDispose]());

/** A repository in which commits are made, and what is then said of the approval. */
interface Bench extends AsyncDisposable {
  readonly project: TempProject;
  readonly git: (...words: readonly string[]) => string;
  /** Commits all there is; `undefined` signs nothing. */
  readonly commit: (files: Readonly<Record<string, string>>, key?: SshKey) => Promise<string>;
  readonly check: (changes?: Partial<PlacedApproval>, root?: string) => Promise<unknown>;
}

async function bench(signers = "grace@example.org GRACE\n"): Promise<Bench> {
  const project = await tempProject({ "p/signers": signers.replace("GRACE", grace.publicText) });
  const git = startRepository(project);
  return {
    project,
    git,
    commit: async (files, key) => {
      for (const [path, text] of Object.entries(files)) await project.write(`p/${path}`, text);
      git("add", ".");
      const sign = key === undefined ? [] : ["-c", `user.signingkey=${key.path}`];
      git(
        ...sign,
        "commit",
        "--quiet",
        "--allow-empty",
        ...(key === undefined ? [] : ["-S"]),
        "-m",
        "Änderung",
      );
      return git("rev-parse", "HEAD");
    },
    check: async (changes = {}, root = project.path("p")) => {
      const proof = await proofOfLockCommit(
        {
          placed: { ...placed, ...changes },
          signersFile: "signers",
          environment: { PATH: process.env["PATH"], HOME: "/nowhere" },
          signal,
        },
        { files: createFiles(root), processes: createProcesses(), git: createGit() },
      );
      return proof.ok ? proof.value : proof.error;
    },
    [Symbol.asyncDispose]: async () => project[Symbol.asyncDispose](),
  };
}

test("takes the signed commit that wrote the approval, whatever was committed since", async () => {
  await using made = await bench();
  await made.commit({});
  const commit = await made.commit({ [MODELS_LOCK]: approved }, grace);
  const proof = {
    kind: "commit-signature",
    commit,
    principal: "grace@example.org",
    key: grace.fingerprint,
  };
  expect(await made.check()).toEqual(proof);
  await made.commit({ "other.txt": "x" }, eve);
  await made.commit({ [MODELS_LOCK]: other });
  expect(await made.check()).toEqual(proof);
});

test.each<{ name: string; make: (made: Bench) => Promise<unknown>; because: RegExp }>([
  {
    name: "an unsigned commit",
    make: async ({ commit }) => commit({ [MODELS_LOCK]: approved }),
    because: /^the commit that wrote it \([0-9a-f]{12}\) is not signed$/,
  },
  {
    name: "a stranger's commit",
    make: async ({ commit }) => commit({ [MODELS_LOCK]: approved }, eve),
    because: /of a key that signers does not list/,
  },
  {
    name: "an unsigned commit under a later one that is signed and changed another line",
    make: async ({ commit }) => {
      await commit({ [MODELS_LOCK]: approved });
      await commit({ [MODELS_LOCK]: other }, grace);
    },
    because: /is not signed$/,
  },
  {
    name: "an unsigned commit that put back what a signed one had written and another had taken away",
    make: async ({ commit }) => {
      await commit({ [MODELS_LOCK]: approved }, grace);
      await commit({ [MODELS_LOCK]: lockOf({ production: [] }) });
      await commit({ [MODELS_LOCK]: approved });
    },
    because: /is not signed$/,
  },
  {
    name: "a lock that was changed after the commit",
    make: async ({ commit, project }) => {
      await commit({ [MODELS_LOCK]: approved }, grace);
      await project.write(`p/${MODELS_LOCK}`, other);
    },
    because: /has changes that are not committed/,
  },
  {
    name: "a lock that was staged only",
    make: async ({ commit, project, git }) => {
      await commit({}, grace);
      await project.write(`p/${MODELS_LOCK}`, approved);
      git("add", ".");
    },
    because: /is not committed/,
  },
  {
    name: "a merge that brought it in from a side where it was not signed",
    make: async ({ commit, git }) => {
      await commit({});
      git("checkout", "--quiet", "-b", "side");
      await commit({ [MODELS_LOCK]: approved });
      git("checkout", "--quiet", "main");
      await commit({ "other.txt": "x" });
      git("-c", `user.signingkey=${grace.path}`, "merge", "--quiet", "--no-edit", "-S", "side");
    },
    because: /is not signed$/,
  },
  {
    name: "a merge that wrote it while nobody looked",
    make: async ({ commit, git, project }) => {
      await commit({ [MODELS_LOCK]: lockOf({ production: [] }) }, grace);
      git("checkout", "--quiet", "-b", "side");
      await commit({ "side.txt": "x" }, grace);
      git("checkout", "--quiet", "main");
      await commit({ "other.txt": "x" }, grace);
      git("merge", "--quiet", "--no-commit", "--no-ff", "side");
      await project.write(`p/${MODELS_LOCK}`, approved);
      git("add", ".");
      git("commit", "--quiet", "-m", "merge");
    },
    because: /is not signed$/,
  },
  {
    name: "a commit that a replacement gives the signature of another",
    make: async ({ commit, git }) => {
      const base = await commit({});
      const good = await commit({ [MODELS_LOCK]: approved }, grace);
      git("reset", "--quiet", "--hard", base);
      const bad = await commit({ [MODELS_LOCK]: approved });
      git("replace", bad, good);
    },
    because: /is not signed$/,
  },
  {
    name: "a program that the checkout names as the one that verifies",
    make: async ({ commit, git, project }) => {
      await commit({ [MODELS_LOCK]: approved }, eve);
      await project.write(
        "yes.sh",
        "#!/bin/sh\necho 'Good \"git\" signature for grace@example.org with ED25519 key SHA256:x'\n",
      );
      git("config", "gpg.ssh.program", project.path("yes.sh"));
      await project.write("anybody", `grace@example.org ${eve.publicText}\n`);
      git("config", "gpg.ssh.allowedSignersFile", project.path("anybody"));
    },
    because: /of a key that signers does not list/,
  },
])("does not take $name", async ({ make, because }) => {
  await using made = await bench();
  await make(made);
  expect(await made.check()).toMatch(because);
});

test("takes no commit signed with a key that is listed for approvals alone", async () => {
  await using made = await bench('grace@example.org namespaces="mlops-approval" GRACE\n');
  await made.commit({ [MODELS_LOCK]: approved }, grace);
  expect(await made.check()).toMatch(/its key is listed, for another purpose$/);
});

test.each<Partial<PlacedApproval>>([
  { environment: "staging" },
  { model: "price" },
  { version: 4 },
  { content: `sha256:${"cd".repeat(32)}` },
  { approval: { ...approval, by: { name: "Eve <eve@example.org>", grade: "asserted" } } },
  {
    approval: { ...approval, "requested-by": { name: "Eve <eve@example.org>", grade: "asserted" } },
  },
])("does not take a signed commit for anything else than it wrote: %j", async (changes) => {
  await using made = await bench();
  await made.commit({ [MODELS_LOCK]: approved }, grace);
  expect(await made.check(changes)).toBe(
    `no commit in this history has written it into ${MODELS_LOCK}`,
  );
});

test("does not take the last commit of a history that is cut off for the one that wrote it", async () => {
  await using made = await bench();
  await made.commit({ [MODELS_LOCK]: approved });
  await made.commit({ "other.txt": "x" }, grace);
  await using clones = await tempProject();
  await mkdir(clones.path("clone"));
  made.git("clone", "--quiet", "--depth=1", `file://${made.project.root}`, clones.path("clone"));
  expect(await made.check({}, clones.path("clone/p"))).toMatch(/cut off .*fetch-depth: 0/);
});

test("says what there is not: git, or the file with the keys", async () => {
  await using made = await bench();
  await made.commit({ [MODELS_LOCK]: approved }, grace);
  await rm(made.project.path("p/signers"));
  expect(await made.check()).toMatch(/cannot be verified, because there is no signers$/);
  await rm(made.project.path(".git"), { recursive: true });
  expect(await made.check()).toBe(`${MODELS_LOCK} is not committed`);
});
