/** From a promoted pipeline to answers over HTTP, a training workflow and a score. */
import type { ChildProcess } from "node:child_process";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkExit, type StoryProject, storyProject } from "../support/churn-project.ts";
import { pythonForTests } from "../support/python-environment.ts";

let project: StoryProject;

beforeAll(async () => {
  project = await storyProject(await pythonForTests());
  for (const name of ["init", "promote", "run"]) {
    checkExit(await project.mlops(...(await readmeLine(name))), 0);
  }
});

afterAll(async () => {
  await project[Symbol.asyncDispose]();
});

/** The words of the README's line for a command, so that what it says is what is tried here. */
async function readmeLine(name: string): Promise<readonly string[]> {
  const readme = await readFile(new URL("../../README.md", import.meta.url), "utf8");
  const line = new RegExp(`^mlops (${name}\\b.*?)\\s*(#.*)?$`, "m").exec(readme)?.[1];
  if (line === undefined) throw new Error(`the README has no line for mlops ${name}`);
  return line.split(/\s+/);
}

const ROW = {
  gender: "Female",
  senior: 0,
  tenure: 2,
  contract: "Month-to-month",
  payment_method: "Electronic check",
  paperless: "Yes",
  monthly_charges: 95.5,
  total_charges: "190.1",
};

test("the served model gives one answer by every protocol, and names what is wrong with a request", async () => {
  const server = project.start(
    ...(await readmeLine("serve")).map((word) => (word === "8080" ? "0" : word)),
    "--events",
  );
  try {
    const url = await listening(server);
    const plain = await post(`${url}/predict`, ROW);
    expect(plain.status).toBe(200);
    const label = (plain.body as { answers: { label: string }[] }).answers[0]?.label;
    expect(["Yes", "No"]).toContain(label);

    // The same rows in batch, cut into chunks of one and two.
    const rows = [ROW, { ...ROW, tenure: 60 }, { ...ROW, contract: "Two year" }];
    const served = await post(`${url}/predict`, { rows });
    await writeFile(
      join(project.folder, "new.jsonl"),
      rows.map((row) => JSON.stringify(row)).join("\n"),
    );
    const columns = Object.keys(ROW);
    const cells = rows.map((row) => Object.values(row).join(","));
    await writeFile(join(project.folder, "new.csv"), [columns.join(","), ...cells].join("\n"));
    for (const input of ["new.jsonl", "new.csv"]) {
      const command = ["churn@v1", "--input", input, "--out", "answers.json", "--chunk-rows", "2"];
      checkExit(await project.mlops("predict", ...command), 0);
      const answers: unknown = JSON.parse(
        await readFile(join(project.folder, "answers.json"), "utf8"),
      );
      expect(answers).toEqual((served.body as { answers: unknown }).answers);
    }

    const inputs = Object.entries(ROW).map(([name, value]) => ({
      name,
      shape: [1],
      datatype: typeof value === "string" ? "BYTES" : Number.isInteger(value) ? "INT64" : "FP64",
      data: [value],
    }));
    const tensors = await post(`${url}/v2/models/churn/versions/1/infer`, { inputs });
    expect(tensors.status).toBe(200);
    const outputs = (tensors.body as { outputs: { name: string; data: unknown[] }[] }).outputs;
    expect(outputs.find(({ name }) => name === "label")?.data).toEqual([label]);

    const { tenure: _, ...incomplete } = ROW;
    const refused = await post(`${url}/predict`, incomplete);
    expect(refused.status).toBe(422);
    expect(JSON.stringify(refused.body)).toContain('column \\"tenure\\"');
  } finally {
    server.kill("SIGTERM");
    const code = await new Promise((resolve) => server.once("exit", resolve));
    expect(code).toBe(0);
  }
});

test("a model whose bytes were changed in the store is refused before anything is loaded", async () => {
  const shown = JSON.parse(
    (await project.mlops("models", "show", "churn@v1", "--json")).stdout,
  ) as {
    result: { files: Record<string, string> };
  };
  const digest = shown.result.files["model/model.joblib"]?.replace("sha256:", "") ?? "";
  const blob = join(project.folder, ".mlops", "store", "blobs", digest.slice(0, 2), digest);
  const bytes = await readFile(blob);
  await rm(join(project.folder, ".mlops", "models"), { recursive: true, force: true });
  await writeFile(blob, Buffer.concat([bytes.subarray(0, -1), Buffer.from([0])]));
  try {
    const refused = await project.mlops("serve", "churn@v1", "--port", "0");
    checkExit(refused, 2);
    expect(refused.stderr).toContain("model");
    expect((await project.mlops("models", "verify")).code).toBe(1);
  } finally {
    await writeFile(blob, bytes);
  }
  expect((await project.mlops("models", "verify")).code).toBe(0);
});

test("deploying to level 1 writes image and workflow once, and nothing the second time", async () => {
  const first = await project.mlops(...(await readmeLine("deploy")));
  checkExit(first, 0);
  const after = await project.snapshot();
  expect([...after.keys()]).toEqual(
    expect.arrayContaining([".github/workflows/churn-train.yml", "pipelines/churn/Dockerfile"]),
  );
  const second = await project.mlops(...(await readmeLine("deploy")));
  expect(second.code).toBe(0);
  expect(await project.snapshot()).toEqual(after);
});

test("the repository is assessed with evidence, and no level is claimed that is not earned", async () => {
  const finished = await project.mlops(...(await readmeLine("assess")), "--json");
  checkExit(finished, 0);
  const { result } = JSON.parse(finished.stdout) as {
    result: { checks: { id: string; outcome: string }[] };
  };
  const passed = result.checks.filter(({ outcome }) => outcome === "pass").map(({ id }) => id);
  expect(passed).toEqual(expect.arrayContaining(["A1", "A2", "A11"]));
});

function listening(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    server.stderr?.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      const url = /"kind":"listening".*?"url":"([^"]+)"/.exec(text)?.[1];
      if (url !== undefined) resolve(url);
    });
    server.once("exit", (code) => {
      reject(new Error(`the server ended with ${String(code)}: ${text}`));
    });
  });
}

async function post(url: string, body: unknown): Promise<{ status: number; body: unknown }> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}
