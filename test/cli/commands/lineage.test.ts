import { expect, test } from "vitest";
import { openArtifactDirectory } from "../../../src/adapters/artifact-dir.ts";
import { openRegistry } from "../../../src/adapters/sqlite/open.ts";
import { sha256 } from "../../../src/base/hash.ts";
import type { Registry } from "../../../src/ports/registry.ts";
import { eventOf, versionOf } from "../../support/registry-contract-values.ts";
import { type FinishedRun, runMlops } from "../../support/run-mlops.ts";
import { seededProject } from "../../support/seeded-registry.ts";
import { type TempProject, tempProject } from "../../support/temp-project.ts";

const mlops = async (project: TempProject, ...words: readonly string[]): Promise<FinishedRun> =>
  runMlops(["models", ...words], { directory: project.root });

const lineage = async (project: TempProject, of: string): Promise<unknown> => {
  const { result } = (await mlops(project, "lineage", of, "--json")).json() as { result: unknown };
  return result;
};

function change(project: TempProject, by: (registry: Registry) => void): void {
  const registry = openRegistry(project.path(".mlops/registry.db"));
  by(registry);
  registry.close();
}

/** One line of text, whatever was wrapped. */
function flat(text: string): string {
  return text.replaceAll(/[│├└─\s]+/g, " ");
}

test("follows a version back to its run and data, and says what the registry does not know", async () => {
  await using project = await seededProject();
  const { exit, stdout } = await mlops(project, "lineage", "churn@v1");
  expect(exit).toBe(0);
  const text = flat(stdout);
  expect(text).toContain("registered 1970-01-01 00:00 UTC by Ada <ada@example.org> (asserted)");
  expect(text).toContain("run 00010000, 1970-01-01 00:00 UTC, not in git");
  expect(text).toContain("parameters seed 42, test-size 0.2");
  expect(text).toContain("data/churn.csv sha256:dddddddddddd, read by train; not on disk any more");
  expect(text).toContain("not in datasets.lock.yaml");
  expect(text).toContain("pipeline revision: not known here");
  expect(text).toContain("Revision churn:r1 is not in this registry");
  expect(text).toContain("The store no longer has the certificate");
  expect(text).toContain("no longer in the store: model");
  expect(Math.max(...stdout.split("\n").map(({ length }) => length))).toBeLessThanOrEqual(80);
});

test("says that a run is gone or stayed elsewhere, instead of leaving it out", async () => {
  await using project = await seededProject();
  change(project, ({ runs, models }) => {
    const [first] = models.list("churn");
    if (first === undefined) throw new Error("no version");
    runs.remove([first.runId]);
    models.register({ ...versionOf("7", "foreign"), origin: { kind: "imported", from: "a.zip" } });
    models.register({ ...versionOf("8", "gone"), origin: undefined });
  });
  expect(flat((await mlops(project, "lineage", "gone@v1")).stdout)).toContain(
    "Of run 00010000 nothing is known: it is no longer in the registry.",
  );
  expect(flat((await mlops(project, "lineage", "foreign@v1")).stdout)).toContain(
    "the version was imported from a.zip, and its run stayed there",
  );
});

test("says whether the data on disk and in datasets.lock.yaml are what the version was trained on", async () => {
  await using project = await seededProject();
  await project.write("data/churn.csv", "id\n1\n");
  const digest = sha256("id\n1\n");
  change(project, ({ runs, models }) => {
    for (const { runId } of models.list("churn")) {
      const run = runs.find(runId);
      if (run === undefined) throw new Error("no run");
      const [step] = run.steps;
      if (step?.manifest === undefined) throw new Error("no step");
      const { runId: _run, ...again } = step;
      const filesRead = { "data/churn.csv": digest };
      runs.addStep(runId, { ...again, step: "again", manifest: { ...step.manifest, filesRead } });
    }
  });
  await runMlops(["datasets", "snapshot", "data/churn.csv"], { directory: project.root });
  const states = async (): Promise<unknown> => {
    const { data } = (await lineage(project, "churn@v1")) as {
      data: readonly { digest: string; recorded: string; onDisk: string }[];
    };
    return data.map((one) => [one.digest === digest, one.recorded, one.onDisk]);
  };
  expect(await states()).toEqual(
    expect.arrayContaining([
      [true, "now", "same"],
      [false, "other", "changed"],
    ]),
  );
  await project.write("data/churn.csv", "id\n2\n");
  await runMlops(["datasets", "snapshot", "data/churn.csv"], { directory: project.root });
  expect(await states()).toContainEqual([true, "earlier", "changed"]);
});

test("follows a version forward: aliases now and before, requests, lock file, deployments and later events", async () => {
  await using project = await seededProject();
  await mlops(project, "alias", "churn@v1", "champion");
  await mlops(project, "alias", "churn@v2", "champion");
  await mlops(project, "alias", "churn@v1", "staging");
  change(project, ({ audit, deployments, models }) => {
    audit.append({ ...eventOf("model.exported"), details: { to: "churn.zip" } });
    deployments.add(
      {
        subject: "churn@v1",
        environment: "staging",
        level: 2,
        target: "kserve",
        state: "live",
        gitCommit: undefined,
        createdAtMs: 0,
      },
      eventOf("deployment.created", "churn@v1"),
    );
    models.register(versionOf("9"));
  });
  const { uses } = (await lineage(project, "churn@v1")) as {
    uses: { aliases: readonly { alias: string; until: string | null }[] };
  };
  expect(uses.aliases.map(({ alias, until }) => [alias, until !== null])).toEqual([
    ["champion", true],
    ["staging", false],
  ]);
  expect(uses).toMatchObject({
    locked: ["staging"],
    deployments: [{ environment: "staging", target: "kserve", state: "live" }],
    events: [{ action: "model.exported", details: "to churn.zip" }],
    measuredAgainst: ["churn@v2", "churn@v3"],
  });
  const text = flat((await mlops(project, "lineage", "churn@v1")).stdout);
  expect(text).toContain("mlops.lock.yaml: staging runs it");
  expect(text).toMatch(/alias champion, from .* UTC until .* UTC, by/);
});

test("answers who used some data: by path, by folder, by content of a file or of a value", async () => {
  await using project = await seededProject();
  const d = `sha256:${"d".repeat(64)}`;
  for (const wanted of ["data/churn.csv", "./data/", d, `sha256:${"2".repeat(64)}`]) {
    expect(await lineage(project, wanted)).toMatchObject({
      kind: "data",
      versions: [{ reference: "churn@v1" }, { reference: "churn@v2" }],
    });
  }
  expect(await lineage(project, "data/other.csv")).toMatchObject({ versions: [] });
  await project.write("data/churn.csv", "changed\n");
  const { stdout } = await mlops(project, "lineage", "data/churn.csv");
  expect(stdout).toContain("sha256:dddddddddddd, other content");
  const bad = await mlops(project, "lineage", "sha256:12");
  expect(bad.stderr).toContain("[usage-wrong-value]");
});

test("takes the bytes that are left: requirements of the version, a certificate that is whole", async () => {
  await using project = await tempProject({ ".mlopsrc.yaml": "version: 1\n" });
  const artifacts = openArtifactDirectory(project.path(".mlops/store"));
  const file = await artifacts.write(new TextEncoder().encode("# pinned\npandas==3.1.1\n\n"));
  change(project, ({ models }) => {
    models.register({
      ...versionOf("1"),
      files: { "requirements.txt": file },
      certificateDigest: undefined,
    });
  });
  expect(await lineage(project, "churn")).toMatchObject({
    requirements: ["pandas==3.1.1"],
    certificate: null,
  });
});
