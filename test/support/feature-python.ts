/** Scripts of `test/fixtures/features/`, run in the tests' interpreter: cases in as JSON, results out as JSON. */
import { execFile } from "node:child_process";
import { delimiter, join } from "node:path";
import { featureFixtureFolder, featureTemplateFolder } from "./feature-cases.ts";
import { pythonForTests } from "./python-environment.ts";

/** What a script prints for its cases, one result each; fails with what it wrote to stderr. */
export async function runFeatureScript<Result>(
  script: string,
  cases: readonly object[],
): Promise<readonly Result[]> {
  const python = await pythonForTests();
  const printed = await new Promise<string>((resolve, reject) => {
    const child = execFile(
      python,
      [join(featureFixtureFolder, script)],
      {
        maxBuffer: 1 << 26,
        env: {
          PATH: process.env["PATH"],
          PYTHONPATH: [featureTemplateFolder, featureFixtureFolder].join(delimiter),
          MPLBACKEND: "Agg",
          PYTHONDONTWRITEBYTECODE: "1",
        },
      },
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else reject(new Error(stderr));
      },
    );
    child.stdin?.end(JSON.stringify(cases));
  });
  return JSON.parse(printed) as readonly Result[];
}
