/** A project on disk with runs, model versions and their blobs, for tests of commands that look at them. */
import { openArtifactDirectory } from "../../src/adapters/artifact-dir.ts";
import { openRegistry } from "../../src/adapters/sqlite/open.ts";
import { sha256OfJson } from "../../src/base/hash.ts";
import { runOf, stepOf, versionOf } from "./registry-contract-values.ts";
import { type TempProject, tempProject } from "./temp-project.ts";

/** Two runs of churn (`0001…` and `0002…`, which differ in one parameter), churn@v1 and churn@v2. */
export async function seededProject(): Promise<TempProject> {
  const project = await tempProject({ ".mlopsrc.yaml": "version: 1\n" });
  const registry = openRegistry(project.path(".mlops/registry.db"));
  const artifacts = openArtifactDirectory(project.path(".mlops/store"));
  for (const [n, seed, auc] of [
    [1, 42, 0.8],
    [2, 7, 0.9],
  ] as const) {
    const run = { ...runOf(n), params: { seed, "test-size": 0.2 } };
    registry.runs.start(run);
    registry.runs.addStep(
      run.id,
      stepOf("train", String(n), [
        ["roc-auc", auc],
        ["rows", 400],
      ]),
    );
    registry.runs.finish(run.id, "succeeded", run.startedAtMs + 1500);
    const files = {
      MLmodel: await artifacts.write(new TextEncoder().encode(`flavors: {} # ${String(n)}`)),
      "contract.json": await artifacts.write(new TextEncoder().encode("{}")),
    };
    registry.models.register(
      { ...versionOf(String(n)), runId: run.id, files, contentDigest: sha256OfJson(files) },
      {
        action: "model.registered",
        actor: { name: "Ada <ada@example.org>", grade: "asserted" },
        details: { run: run.id, verdict: "verified" },
        atMs: 30_000,
      },
    );
  }
  registry.close();
  return project;
}
