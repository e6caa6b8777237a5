import { expect, test } from "vitest";
import { openArtifactDirectory } from "../../../src/adapters/artifact-dir.ts";
import { openRegistry } from "../../../src/adapters/sqlite/open.ts";
import { ModelCard } from "../../../src/app/model-card-schema.ts";
import { parseYaml } from "../../../src/base/yaml.ts";
import { renderCardHtml } from "../../../src/cli/render/card/html.ts";
import { renderCardMarkdown } from "../../../src/cli/render/card/markdown.ts";
import { digestOf } from "../../support/memory-registry.ts";
import {
  decisionOf,
  eventOf,
  requestOf,
  revisionOf,
  runOf,
  stepOf,
  versionOf,
} from "../../support/registry-contract-values.ts";
import { type FinishedRun, runMlops } from "../../support/run-mlops.ts";
import { type TempProject, tempProject } from "../../support/temp-project.ts";

const CONTRACT = {
  version: 1,
  columns: [
    {
      name: "age",
      type: "int64",
      nullable: true,
      min: 18,
      max: 90,
      unseen: "other",
      personal: false,
    },
    {
      name: "plan",
      type: "string",
      nullable: false,
      categories: ["a|b", "c"],
      unseen: "reject",
      personal: false,
    },
    {
      name: "email",
      type: "string",
      nullable: false,
      categories: ["SECRET"],
      unseen: "null",
      personal: true,
    },
  ],
  answer: { kind: "label", classes: ["no", "yes"] },
};
const PROFILE = {
  version: 1,
  raw: {
    rows: 100,
    columns: [
      {
        name: "age",
        type: "int64",
        count: 100,
        nulls: 3,
        numbers: { mean: 40, deviation: 9, edges: [30, 50], counts: [20, 60, 17] },
      },
      {
        name: "plan",
        type: "string",
        count: 100,
        nulls: 0,
        categories: {
          listed: [
            { value: "a|b", count: 60 },
            { value: "c", count: 40 },
          ],
          other: 0,
        },
      },
      { name: "email", type: "string", count: 100, nulls: 0 },
    ],
  },
  features: { rows: 100, columns: [{ name: "age_scaled", type: "float64", count: 100, nulls: 0 }] },
};

/** churn@v1 with contract and profile, a request that was approved, and the user's own notes. */
async function cardProject(): Promise<TempProject> {
  const project = await tempProject({
    ".mlopsrc.yaml": "version: 1\n",
    "pipelines/churn/MODEL_CARD.md":
      "---\nlicense: apache-2.0\nlibrary_name: mine\n---\n# Churn\n\nWho leaves.\n\n## Intended use\n\nLists.\n\n- not prices\n\n## limitations\n\nOne country.\n\n```\n## no heading\n```\n",
  });
  const registry = openRegistry(project.path(".mlops/registry.db"));
  const artifacts = openArtifactDirectory(project.path(".mlops/store"));
  const write = async (text: string): ReturnType<typeof artifacts.write> =>
    artifacts.write(new TextEncoder().encode(text));
  registry.pipelines.addRevision(revisionOf("1"));
  registry.runs.start({ ...runOf(1), gitCommit: "4f2a9c", gitDirty: true });
  registry.runs.addStep(runOf(1).id, stepOf("train", "1"));
  registry.runs.finish(runOf(1).id, "succeeded", 11_000);
  registry.models.register({
    ...versionOf("1"),
    origin: undefined,
    files: {
      "contract.json": await write(JSON.stringify(CONTRACT)),
      "profile.json": await write(JSON.stringify(PROFILE)),
      "requirements.txt": await write("# pinned\npandas==3.1.1\n"),
      "state/state.json": await write(
        '{"version":1,"fields":{"median":{"value":3}},"objects":["scaler"]}',
      ),
    },
  });
  registry.approvals.request(requestOf(), eventOf("approval.requested"));
  registry.approvals.decide(1, decisionOf("approve"), eventOf("approval.approved"));
  registry.models.changeTags("churn", 1, {
    tags: { owner: "ada" },
    event: eventOf("model.tagged"),
  });
  registry.close();
  return project;
}

const mlops = async (project: TempProject, ...words: readonly string[]): Promise<FinishedRun> =>
  runMlops(["models", "card", ...words], { directory: project.root });

test("writes what the registry knows and what the user wrote, in the sections people know", async () => {
  await using project = await cardProject();
  const { exit, stdout } = await mlops(project, "churn@v1");
  expect(exit).toBe(0);
  expect(stdout.replaceAll(/```[^`]*```/g, "").match(/^## .*/gm)).toEqual(
    [
      "Model details",
      "Intended use",
      "Data",
      "Metrics",
      "Verification",
      "Features",
      "Dependencies",
      "Lineage",
      "Approvals",
      "Limitations",
      "Not known",
    ].map((title) => `## ${title}`),
  );
  for (const said of [
    "Who leaves.",
    "- not prices",
    "One country.",
    "## no heading",
    "| age | int64 | yes | 18 to 90 | 3 of 100 |",
    "| plan | string | no | a\\|b, c | 0 of 100 |",
    "| email (personal) | string | no | not told | 0 of 100 |",
    "| Metric | This version | baseline: most frequent class |",
    "| roc-auc | 0.83 | 0.5 |",
    "The champion of the time (churn@v1) could not be measured: it has other features.",
    "**Tests of the pipeline**: 12 passed, 0 failed, 1 skipped",
    "**What the model is given**: age_scaled",
    "**What was learned to make it**: median, scaler",
    "- pandas==3.1.1",
    "**Commit**: 4f2a9c, with uncommitted changes",
    "A value that training did not list is refused: plan.",
    "The store no longer has the plan",
  ])
    expect(stdout.replaceAll("the store no longer", "The store no longer")).toContain(said);
});

test("tells nothing of personal columns and no row, in any form", async () => {
  await using project = await cardProject();
  for (const words of [[], ["--format", "html"], ["--json"]])
    expect((await mlops(project, "churn@v1", ...words)).stdout).not.toContain("SECRET");
});

test("gives the same bytes from the same registry, whatever the time and the folder", async () => {
  await using project = await cardProject();
  const texts: string[] = [];
  for (const format of ["md", "html"]) {
    const first = await mlops(project, "churn@v1", "--format", format);
    const again = await mlops(project, "churn@v1", "--format", format);
    expect(again.stdout).toBe(first.stdout);
    texts.push(first.stdout);
  }
  for (const text of texts) {
    expect(text).not.toContain(project.root);
    expect(text).not.toContain(String(new Date().getFullYear()));
  }
});

test("begins with metadata as hubs read it, the user's own first and never overwritten by guesses", async () => {
  await using project = await cardProject();
  const { stdout } = await mlops(project, "churn@v1");
  const [, front = ""] = /^---\n([\s\S]*?)\n---\n/.exec(stdout) ?? [];
  expect(parseYaml(front, "card").value).toMatchObject({
    license: "apache-2.0",
    pipeline_tag: "tabular-classification",
    tags: ["mlops", "tabular"],
    "model-index": [
      {
        name: "churn",
        results: [
          {
            task: { type: "tabular-classification" },
            dataset: { type: "churn.csv", name: "data/churn.csv", revision: digestOf("d") },
            // What is no number is no result.
            metrics: [{ type: "roc_auc", value: 0.83, name: "roc-auc" }],
          },
        ],
      },
    ],
  });
});

test("writes a file, and over a card, but over nothing that somebody wrote", async () => {
  await using project = await cardProject();
  await project.write("README.md", "# My project\n");
  const refused = await mlops(project, "churn@v1", "--out", "README.md");
  expect({ exit: refused.exit, said: refused.stderr.includes("[card-file-taken]") }).toEqual({
    exit: 2,
    said: true,
  });
  expect(await project.read("README.md")).toBe("# My project\n");
  for (const format of ["md", "html"]) {
    expect((await mlops(project, "churn@v1", "--out", "card", "--format", format)).exit).toBe(0);
    expect((await mlops(project, "churn@v1", "--format", format)).stdout).toBe(
      await project.read("card"),
    );
  }
  expect((await mlops(project, "churn@v1", "--out", "README.md", "--force")).exit).toBe(0);
});

test("says of a version that has nothing left what is not known", async () => {
  await using project = await tempProject({ ".mlopsrc.yaml": "version: 1\n" });
  const registry = openRegistry(project.path(".mlops/registry.db"));
  registry.models.register({ ...versionOf("1"), evaluation: undefined });
  registry.close();
  const { exit, stdout } = await mlops(project, "churn");
  expect(exit).toBe(0);
  expect(stdout).toContain("It cannot be served: it has no contract.");
  expect(stdout).toContain("## Not known");
  expect(stdout).not.toContain("Intended use");
});

/** A card in which every text that can come from outside tries to be markup. */
async function hostileCard(): Promise<ModelCard> {
  await using project = await cardProject();
  const document = (await mlops(project, "churn@v1", "--json")).json() as { result: unknown };
  const attack = `</td><script>alert("x")</script><img src=x onerror='a'>|[a](javascript:b)\n# c`;
  const poison = (value: unknown, key = ""): unknown => {
    if (typeof value === "string")
      return ["type", "unseen", "verdict", "kind", "value"].includes(key)
        ? value
        : `${value}${attack}`;
    if (Array.isArray(value)) return value.map((item: unknown) => poison(item, key));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [name, poison(item, name)]),
    );
  };
  return ModelCard.parse(poison(document.result));
}

test("lets no name become markup in the page", async () => {
  const html = renderCardHtml(await hostileCard());
  expect(html).not.toMatch(/<script|<img|onerror='|javascript:b"/);
  const tags = [...html.matchAll(/<\/?([a-z0-9]+)/gi)].map(([, name]) => name?.toLowerCase());
  const known =
    "html head meta title style body h1 h2 h3 section dl dt dd div table thead tbody tr th td ul li p pre figure figcaption svg rect".split(
      " ",
    );
  expect(tags.filter((name) => !known.includes(name ?? ""))).toEqual([]);
  expect(html).toContain("default-src 'none'");
  // What stands in quotes is a value, whatever it says.
  expect(html.replaceAll(/"[^"]*"/g, "")).not.toMatch(/<[^>]*\s(?:src|href)=/);
});

test("lets no name become markup, a link, a cell or a line in Markdown", async () => {
  const card = await hostileCard();
  const markdown = renderCardMarkdown({ ...card, notes: null });
  const body = markdown.slice(markdown.indexOf("\n---\n") + 5);
  expect(body).not.toMatch(/(?<!\\)<script|(?<!\\)\[a\]/);
  expect(body.match(/^# .*/gm)).toHaveLength(1);
  for (const line of body.split("\n").filter((one) => one.startsWith("| ")))
    expect([3, 4, 5, 6]).toContain(line.split(/(?<!\\)\|/).length - 1);
});
