import { expect, test } from "vitest";
import { loadExplanations } from "../../../src/cli/explanations/index.ts";
import { runMlops } from "../../support/run-mlops.ts";

const here = { directory: process.cwd() };

test("explains a code in four parts", async () => {
  const run = await runMlops(["explain", "python-too-old"], here);
  expect(run.exit).toBe(0);
  expect(run.stdout).toMatch(/^python-too-old\n.*Why it matters\n.*Example\n.*What to do\n/s);
});

test("lists all codes, sorted", async () => {
  const run = await runMlops(["explain", "--json"], here);
  const { result } = run.json() as { result: { codes: { code: string }[] } };
  const codes = result.codes.map(({ code }) => code);
  expect(codes).toEqual([...(await loadExplanations()).keys()].sort());
});

test("suggests the code that was meant", async () => {
  const run = await runMlops(["explain", "pyton-missing"], here);
  expect(run).toMatchObject({ exit: 2 });
  expect(run.stderr).toContain('did you mean "python-missing"?');
});

test("prints the schema of a command's document, and of the settings", async () => {
  const init = JSON.parse(
    (await runMlops(["explain", "--schema", "init"], here)).stdout,
  ) as unknown;
  expect(init).toMatchObject({ properties: { schema: { const: "mlops.init/1" } } });
  const config = JSON.parse(
    (await runMlops(["explain", "--schema", "config"], here)).stdout,
  ) as unknown;
  expect(config).toMatchObject({ properties: { serve: { properties: { port: {} } } } });
  expect((await runMlops(["explain", "--schema", "nothing"], here)).exit).toBe(2);
});
