/** Secrets of a notebook: promoted, run and verified, and then looked for in every byte that was written or printed. */
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { notebookText } from "../support/notebooks.ts";
import { pythonForTests } from "../support/python-environment.ts";
import { type FinishedRun, runMlops } from "../support/run-mlops.ts";
import { tempProject } from "../support/temp-project.ts";

const TOKEN = `h${"f_"}a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8`;
const SECRETS = [TOKEN, "Tr0ub4dor-and-3", "hunter2secret", "tiger-lily-77"];
const ENVIRONMENT = {
  CHURN_HF_TOKEN: TOKEN,
  CHURN_API_KEY: "Tr0ub4dor-and-3",
  CHURN_DB_URL: "postgresql://ada:hunter2secret@db/shop",
  PROD_PASSWORD: "tiger-lily-77",
};

const CELLS = [
  "import json\nimport pandas as pd",
  `#: # Load with ${TOKEN}`,
  `api_key = "Tr0ub4dor-and-3"  # not hunter2secret\nDB_URL = "postgresql://ada:hunter2secret@db/shop"\nprint("with", api_key, DB_URL)`,
  "#: ## Load",
  `df = pd.DataFrame({"a": range(9), "b": [len("tiger-lily-77")] * 9})\nheaders = {"Authorization": "Bearer " + api_key}\nprint(headers, "${TOKEN}")`,
  "#: ## Features",
  'X = df[["a", "b"]] * len(headers["Authorization"])\nprint("tiger-" + "lily-77", X.shape)',
  "#: ## Save",
  'total = int(X.sum().sum()) + len(DB_URL)\nwith open("total.json", "w") as file:\n    json.dump({"total": total, "via": len(api_key)}, file)\nprint("sent to", DB_URL, total)',
];

test("no secret reaches a file, the registry, the store or the terminal", async () => {
  await using project = await tempProject();
  const python = await pythonForTests();
  await writeFile(join(project.root, "churn.ipynb"), notebookText(CELLS));
  const mlops = (words: readonly string[], environment: Readonly<Record<string, string>>) =>
    runMlops([...words, "--python", python], { directory: project.root, environment });

  const said: FinishedRun[] = [];
  const promoted = await mlops(["promote", "churn.ipynb", "--events"], {
    PROD_PASSWORD: ENVIRONMENT.PROD_PASSWORD,
  });
  said.push(promoted);
  expect(promoted).toMatchObject({ exit: 0 });
  expect(promoted.stderr + promoted.stdout).toMatch(/churn\.ipynb, cell 3, line 1/);
  expect(promoted.stderr + promoted.stdout).toContain("CHURN_API_KEY");

  const without = await mlops(["run", "churn"], {});
  said.push(without);
  expect(without.exit).toBe(3);
  expect(without.stderr).toMatch(/CHURN_API_KEY.*environment-variable-missing/s);

  for (const words of [
    ["run", "churn", "--events"],
    ["verify", "churn", "--json"],
    ["runs", "show"],
  ]) {
    const finished =
      words[0] === "runs"
        ? await runMlops(["runs", "list", "--json"], { directory: project.root })
        : await mlops(words, ENVIRONMENT);
    said.push(finished);
    expect(finished).toMatchObject({ exit: 0 });
  }
  expect(said[3]?.json()).toMatchObject({ result: { certificate: { verdict: "verified" } } });

  const given = await mlops(["run", "churn", "--param", `note-token=${TOKEN}`], ENVIRONMENT);
  said.push(given);
  expect(given.exit).toBe(2);

  expect(said.flatMap(({ stdout, stderr }) => secretsIn(Buffer.from(stdout + stderr)))).toEqual([]);
  expect(await leaks(project.root)).toEqual([]);
});

test("a secret in a file that a step writes is refused with the place", async () => {
  await using project = await tempProject();
  const cells = [
    'password = "hunter2secret"',
    'with open("auth.txt", "w") as file:\n    file.write(password)',
  ];
  await writeFile(join(project.root, "story.ipynb"), notebookText(cells));
  const finished = await runMlops(["promote", "story.ipynb", "--python", await pythonForTests()], {
    directory: project.root,
  });
  expect(finished.exit).toBe(2);
  expect(finished.stderr).toMatch(/story\.ipynb, cell 2, line 1/);
  expect(finished.stderr).toContain("secret-in-file");
  expect(await leaks(project.root)).toEqual([]);
});

test("a secret in a module of the project is refused with file and line", async () => {
  await using project = await tempProject({
    "story.ipynb": notebookText(["import shop", "n = shop.count()", "print(n)"]),
    "shop.py": 'import json\n\nPASSWORD = "hunter2secret"\n\n\ndef count():\n    return 3\n',
  });
  const finished = await runMlops(["promote", "story.ipynb", "--python", await pythonForTests()], {
    directory: project.root,
  });
  expect(finished.exit).toBe(2);
  expect(finished.stderr).toMatch(/shop\.py:3: .*secret-in-module/s);
});

async function leaks(folder: string): Promise<readonly string[]> {
  const found: string[] = [];
  await mkdir(folder, { recursive: true });
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.name.endsWith(".ipynb")) continue;
    const path = join(entry.parentPath, entry.name);
    for (const secret of secretsIn(await readFile(path))) found.push(`${path}: ${secret}`);
  }
  return found;
}

/** As any program may have written it: UTF-8, UTF-16, or the four bytes a character of a NumPy array. */
function secretsIn(bytes: Buffer): readonly string[] {
  return SECRETS.filter((secret) => {
    const wide = Buffer.concat(
      Array.from(secret, (char) => Buffer.from([char.charCodeAt(0), 0, 0, 0])),
    );
    return (
      bytes.includes(secret) ||
      bytes.includes(Buffer.from(secret, "utf16le")) ||
      bytes.includes(wide)
    );
  });
}
