import { expect, test } from "vitest";
import {
  asOfMoment,
  type EarlierEnvironment,
  environmentAsOf,
} from "../../src/app/environment-as-of.ts";
import { MlopsError } from "../../src/base/errors.ts";
import type { Files } from "../../src/ports/files.ts";
import type { ProcessEnd, ProcessRequest } from "../../src/ports/processes.ts";
import { fakeGit } from "../support/fake-git.ts";
import { fakeProcesses } from "../support/fake-processes.ts";
import { memoryFiles } from "../support/memory-files.ts";
import { programOf } from "../support/notebooks.ts";

const MOMENT = "2023-03-01T23:59:59.000Z";
const cells = [
  "%pip install 'pandas<2'",
  "import json, pandas as pd\nimport own\nfrom sklearn.svm import SVC",
];

type Program = (request: ProcessRequest) => Partial<ProcessEnd>;

/** A resolver that makes what it is asked to make, and keeps what it was asked. */
function maker(name: "uv" | "pip", files: Files, asked: string[][], fail?: string): Program {
  return ({ command }) => {
    if (command.at(-1) === "--version") return { stdout: `${name} 25.0 (x)\n` };
    asked.push([...command]);
    if (fail !== undefined && command.includes("install")) return { exit: 1, stderr: fail };
    const place = command.at(-1) ?? "";
    if (command.includes("venv")) void files.writeAtomic(`${place}/bin/python`, "");
    return {};
  };
}

interface Given {
  readonly resolver: "uv" | "pip";
  readonly files?: Files;
  readonly asked?: string[][];
  readonly fail?: string;
}

async function make({
  resolver,
  files = memoryFiles(),
  asked = [],
  fail,
}: Given): Promise<EarlierEnvironment> {
  const program = maker(resolver, files, asked, fail);
  const inside: Program = (request) => program(request);
  const processes = fakeProcesses(
    resolver === "uv" ? { uv: program } : { "/usr/bin/python3": program },
  );
  return environmentAsOf(
    {
      program: (await programOf(cells)).program,
      moment: MOMENT,
      python: "/usr/bin/python3",
      environment: {},
      signal: new AbortController().signal,
    },
    {
      files,
      processes: {
        run: async (request) =>
          request.command[0].endsWith("/bin/python")
            ? fakeProcesses({ [request.command[0]]: inside }).run(request)
            : processes.run(request),
      },
    },
  );
}

const withOwnModule = (): Files =>
  memoryFiles({
    "own.py": "",
    "requirements.txt": "-i https://index.example\nscikit-learn==1.2.1 # pinned\n",
  });

test.each([
  { resolver: "uv", limit: "--exclude-newer" },
  { resolver: "pip", limit: "--uploaded-prior-to" },
] as const)(
  "makes one with $resolver from files, magics and imports",
  async ({ resolver, limit }) => {
    const asked: string[][] = [];
    const made = await make({ resolver, files: withOwnModule(), asked });
    expect(made.python).toMatch(/^\/project\/\.mlops\/environments\/[0-9a-f]{16}\/bin\/python$/);
    expect(made.wanted).toEqual(["pandas<2", "scikit-learn==1.2.1"]);
    const install = asked.at(-1) ?? [];
    expect(install.slice(install.indexOf(limit), install.indexOf(limit) + 2)).toEqual([
      limit,
      MOMENT,
    ]);
    expect(install.slice(-4)).toEqual([
      "--only-binary",
      ":all:",
      "pandas<2",
      "scikit-learn==1.2.1",
    ]);
  },
);

test("takes the one that was made from the same inputs", async () => {
  const files = withOwnModule();
  const first = await make({ resolver: "uv", files });
  const asked: string[][] = [];
  expect(await make({ resolver: "uv", files, asked })).toEqual(first);
  expect(asked).toEqual([]);
});

test("leaves nothing when the index is away, and says so", async () => {
  const files = withOwnModule();
  const failing = make({ resolver: "uv", files, fail: "error: Failed to fetch: `pandas`\n" });
  await expect(failing).rejects.toMatchObject({
    code: "as-of-not-made",
    exitCode: 3,
    message: expect.stringContaining("Failed to fetch") as unknown,
  });
  expect(await files.list(".mlops")).toEqual([]);
});

test.each([
  { asOf: "2023-03-01", committed: undefined, expected: "2023-03-01T23:59:59.000Z" },
  { asOf: "2023-03-01T12:00:00Z", committed: undefined, expected: "2023-03-01T12:00:00.000Z" },
  { asOf: "git", committed: "2023-03-01T10:00:00+01:00", expected: "2023-03-01T09:00:00.000Z" },
  { asOf: "git", committed: undefined, expected: "as-of-no-commit" },
  { asOf: "yesterday", committed: undefined, expected: "as-of-not-a-date" },
  { asOf: "2023-02-31T99", committed: undefined, expected: "as-of-not-a-date" },
])("reads $asOf as $expected", async ({ asOf, committed, expected }) => {
  const git = fakeGit({ committedAt: async () => committed });
  const moment = asOfMoment(asOf, "churn.ipynb", { files: memoryFiles(), git });
  const told = await moment.catch((error: unknown) =>
    error instanceof MlopsError ? error.code : error,
  );
  expect(told).toBe(expected);
});
