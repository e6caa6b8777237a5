/** What one checkout approved is what a fresh clone in CI sees: through the lock file and the store, and nothing else. */
import { appendFile, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { become, buyersProject, cloneOf } from "../support/buyers-project.ts";
import { checkExit, type Finished, type StoryProject } from "../support/churn-project.ts";

/** Without the line breaks of a narrow page. */
function flat(text: string): string {
  return text.replace(/\s+/g, " ");
}

function resultOf(finished: Finished): unknown {
  checkExit(finished, 0);
  return (JSON.parse(finished.stdout) as { readonly result: unknown }).result;
}

/** The words of the README's line for a command, on the model of this story. */
async function readmeLine(name: string): Promise<readonly string[]> {
  const readme = await readFile(new URL("../../README.md", import.meta.url), "utf8");
  const line = new RegExp(`^mlops (${name}\\b.*?)\\s*(#.*)?$`, "m").exec(readme)?.[1];
  if (line === undefined) throw new Error(`the README has no line for mlops ${name}`);
  const words = line.match(/"[^"]*"|\S+/g) ?? [];
  return words.map((word) => word.replaceAll('"', "").replace("churn@", "buyers@"));
}

async function answers(project: StoryProject): Promise<string> {
  const out = join(project.folder, "answers.csv");
  await rm(out, { force: true });
  checkExit(
    await project.mlops(
      "predict",
      "buyers@production",
      "--input",
      "buyers.csv",
      "--out",
      "answers.csv",
    ),
    0,
  );
  return readFile(out, "utf8");
}

test("a clone without .mlops has exactly what was approved elsewhere, and answers the same", async () => {
  await using project = await buyersProject();
  checkExit(await project.mlops(...(await readmeLine("models request"))), 0);
  const self = await project.mlops("models", "approve", "1", "-m", "mine is good");
  expect(self.code).toBe(1);
  expect(flat(self.stdout)).toContain("approver-is-author");
  await become(project.folder, "Grace");
  checkExit(await project.mlops(...(await readmeLine("models approve"))), 0);
  const approved = await answers(project);

  await using clone = await cloneOf(project);
  const before = await clone.mlops("models", "list");
  expect(before.stderr).toContain("buyers@v1 for production");
  const pulled = resultOf(await clone.mlops(...(await readmeLine("models pull")), "--json"));
  expect(pulled).toMatchObject({
    models: [{ environment: "production", reference: "buyers@v1" }],
    present: 0,
  });
  const [here, there] = await Promise.all(
    [clone, project].map(async (one) =>
      resultOf(await one.mlops("models", "show", "buyers@production", "--json")),
    ),
  );
  const { content, files, metrics, certificate, run: runId } = there as Record<string, unknown>;
  expect(here).toMatchObject({ content, files, metrics, certificate, run: runId, version: 1 });
  expect(resultOf(await clone.mlops("models", "pull", "--json"))).toMatchObject({ pulled: 0 });
  checkExit(await clone.mlops(...(await readmeLine("models verify"))), 0);
  expect(await answers(clone)).toBe(approved);
});

test("a clone takes in no bytes that the lock file does not name, and believes no edited approval", async () => {
  await using project = await buyersProject();
  checkExit(await project.mlops("models", "request", "buyers", "--no-tests"), 0);
  await become(project.folder, "Grace");
  checkExit(await project.mlops("models", "approve", "1"), 0);
  await using clone = await cloneOf(project);

  const lock = await readFile(join(clone.folder, "mlops.lock.yaml"), "utf8");
  const model = /model\/model\.joblib: sha256:(\w\w)(\w+)/.exec(lock);
  const blob = join(
    clone.folder,
    "shared",
    "blobs",
    model?.[1] ?? "",
    `${model?.[1] ?? ""}${model?.[2] ?? ""}`,
  );
  const whole = await readFile(blob);
  await appendFile(blob, "!");
  const damaged = await clone.mlops("models", "pull");
  expect(damaged.code).toBe(3);
  expect(damaged.stderr).toContain("[digest-mismatch]");
  expect(damaged.stderr).toContain("model/model.joblib");
  expect(resultOf(await clone.mlops("models", "list", "--json"))).toEqual({ versions: [] });
  await writeFile(blob, whole);
  checkExit(await clone.mlops("models", "pull"), 0);

  const path = join(clone.folder, "mlops.lock.yaml");
  await writeFile(path, lock.replace("MLmodel: sha256:", `MLmodel: sha256:${"0".repeat(64)} #`));
  const edited = await clone.mlops("models", "pull");
  expect(edited.code).toBe(2);
  expect(edited.stderr).toContain("[lock-invalid]");
  for (const [from, to, message] of [
    [/name: Grace <grace@example.org>/, "name: Ada <ada@example.org>", "a second person must"],
    [/verdict: verified\S*/, "verdict: differs", "its certificate says differs"],
    [/holds: true/, "holds: false", "must be at least 0.5"],
  ] as const) {
    expect(lock).toMatch(from);
    await writeFile(path, lock.replace(from, to));
    const verified = await clone.mlops("models", "verify");
    expect(verified.code).toBe(1);
    expect(flat(verified.stdout)).toContain(message);
  }
  await rm(path);
  const without = await clone.mlops("models", "pull");
  expect([without.code, without.stderr]).toEqual([2, expect.stringContaining("[no-lock]")]);
});

test("kill -9 in the middle of an approval leaves all of it or nothing, in registry and lock file", async () => {
  await using project = await buyersProject();
  await become(project.folder, "Grace");
  const isApproved: boolean[] = [];
  for (let round = 0; round < 8; round += 1) {
    const alias = round % 2 === 0 ? "buyers@v1" : "--remove";
    const words =
      alias === "--remove"
        ? ["models", "alias", "buyers", "production", "--remove", "--force", "-m", "round"]
        : ["models", "alias", "buyers@v1", "production", "--force", "-m", "round"];
    const child = project.start(...words);
    child.stdout?.resume();
    child.stderr?.resume();
    const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
    await new Promise((resolve) => setTimeout(resolve, 150 + 45 * round));
    child.kill("SIGKILL");
    await ended;
    checkExit(await project.mlops("models", "verify"), 0);
    const listed = resultOf(await project.mlops("models", "list", "--json")) as {
      readonly versions: readonly { readonly aliases: readonly string[] }[];
    };
    const lock = await readFile(join(project.folder, "mlops.lock.yaml"), "utf8").catch(() => "");
    isApproved.push(lock.includes("buyers:"));
    expect(listed.versions[0]?.aliases).toEqual(lock.includes("buyers:") ? ["production"] : []);
    expect((await readdir(project.folder)).filter((name) => name.endsWith(".new"))).toEqual([]);
    if (round % 2 === 0) await project.mlops(...words);
  }
  expect(isApproved.length).toBe(8);
});
