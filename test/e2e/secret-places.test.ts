/**
 * The table of places in which a notebook may hold a secret: each with a value of its own, all promoted, run and asked about
 * together, and then looked for in every byte that was written or printed, in every form a program may give it.
 */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { readNotebook } from "../../src/notebook/read-notebook.ts";
import { buildNotebookProgram } from "../../src/pipeline/notebook-program.ts";
import { notebookText } from "../support/notebooks.ts";
import { pythonForTests } from "../support/python-environment.ts";
import { pythonParser } from "../support/python-parser.ts";
import { runMlops } from "../support/run-mlops.ts";
import { secretsInBytes, secretsInFolder } from "../support/secret-search.ts";
import { tempProject } from "../support/temp-project.ts";

/** Where it stands, the value, and the cell that holds it; `~` stands for the value in a cell. */
interface Place {
  readonly name: string;
  readonly secret: string;
  readonly cell: string;
}

const ALNUM = "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8";
/** Put together here, so that no scanner finds one in this file. */
const HF = `h${"f_"}${ALNUM.slice(0, 34)}`;
const GITHUB = `gh${"p_"}${ALNUM}`;
const GITLAB = `glp${"at-"}${ALNUM.slice(4, 24)}`;
const STRIPE = `sk_${"live_"}${ALNUM.slice(2, 28)}`;

const HIDDEN: readonly Place[] = [
  { name: "a literal", secret: "lit-7Hq2wZ", cell: 'db_password = "~"\nprint("pw", db_password)' },
  {
    name: "a value of a dictionary",
    secret: "dict-9Kx3vB",
    cell: 'settings = {"host": "db", "password": "~"}\nprint(settings)',
  },
  { name: "a keyword", secret: "kw-4Rt8mN", cell: 'print(connect("db", password="~"))' },
  { name: "an argument by position", secret: HF, cell: 'print(connect("db", "~"))' },
  { name: "a password by position", secret: "pos-5Wd1kQ", cell: 'print(login("ada", "~"))' },
  { name: "a part of an f-string", secret: GITLAB, cell: 'print(f"git clone with {1 + 1} ~")' },
  {
    name: "bytes",
    secret: "byt-6Yp2sC",
    cell: 'secret_key = b"~"\nprint(secret_key, secret_key.hex()[:2])',
  },
  {
    name: "the password of an address",
    secret: "url-8Lf5nD",
    cell: 'url = "postgresql://ada:~@db/shop"\nprint("to", url)',
  },
  {
    name: "a password with @ in it",
    secret: "at-2@Gj9hV",
    cell: 'warehouse = "postgresql://ada:~@db/shop"\nprint("to", warehouse)',
  },
  {
    name: "a password with # and / in it",
    secret: "ha#3/Mb7tF",
    cell: 'lake = "mysql://ada:~@lake.example.org/shop"\nprint("to", lake)',
  },
  {
    name: "a connection string",
    secret: "con-1Xv4rJ",
    cell: 'odbc = "Server=db;Uid=ada;Pwd=~;"\nprint(odbc)',
  },
  {
    name: "a header",
    secret: "hdr-9aB8cD7eF6",
    cell: 'headers = {"Authorization": "Bearer ~"}\nprint(headers)',
  },
  { name: "a pair for auth", secret: "au-6Z", cell: 'print(connect("db", auth=("ada", "~")))' },
  {
    name: "two halves",
    secret: GITHUB,
    cell: `print(connect("${GITHUB.slice(0, 20)}" + "${GITHUB.slice(20)}"))`,
  },
  {
    name: "two halves side by side",
    secret: STRIPE,
    cell: `print(connect("${STRIPE.slice(0, 15)}" "${STRIPE.slice(15)}"))`,
  },
  { name: "a comment", secret: "com-7Nc3xS", cell: "n_rows = 40  # password: ~" },
  { name: "a comment with quotes", secret: "cq-8Fg2yT", cell: 'n_columns = 2  # api_key = "~"' },
  {
    name: "an environment variable that is set",
    secret: "env-3Vh6bU",
    cell: 'os.environ["SHOP_API_KEY"] = "~"\nprint(os.environ["SHOP_API_KEY"])',
  },
  {
    name: "a docstring",
    secret: `xo${"xb-"}123456789012-${ALNUM.slice(0, 12)}`,
    cell: 'def shop():\n    """Sends with ~."""\n    return 1',
  },
  {
    name: "a default argument",
    secret: "def-5Qw9eI",
    cell: 'def open_shop(host, api_key="~"):\n    return len(api_key)\nprint(open_shop("db"))',
  },
  {
    name: "an attribute of a class",
    secret: "cls-4Ty7oO",
    cell: 'class Shop:\n    password = "~"\nprint(Shop.password)',
  },
  {
    name: "text of JSON",
    secret: "jsn-2Ui8pP",
    cell: `credentials_text = '{"user": "ada", "password": "~"}'\nprint(json.loads(credentials_text))`,
  },
  {
    name: "base64 of user and password",
    secret: "b64-7Op3aA",
    cell: 'api_password = "~"\nbasic = base64.b64encode(f"ada:{api_password}".encode()).decode()\nprint("Basic", basic)',
  },
  {
    name: "a quoted password",
    secret: "q t/1Sd6&F",
    cell: 'web_password = "~"[:]\nprint(quote(web_password, safe=""), [web_password])',
  },
  {
    name: "a column of a frame",
    secret: "col-4Er5tY",
    cell: 'people = pd.DataFrame({"user": ["ada"], "password": ["~"]})\nprint(people.to_string(), len(people))',
  },
  {
    name: "a message of an error",
    secret: "err-6Tz7uI",
    cell: 'shop_password = "~"\ndef shops():\n    if os.environ.get("SHOP_FAILS"):\n        raise ValueError(f"no shop with {shop_password}")\n    return 0\nmore_rows = shops()',
  },
  {
    name: "a warning",
    secret: "wrn-8Gh4jK",
    cell: 'mail_password = "~"\nwarnings.warn(f"no mail with {mail_password}")',
  },
  {
    name: "what a library logs",
    secret: "log-9Zx5cV",
    cell: 'log_password = "~"\nlogging.getLogger("shop").error("no log with %s", log_password)',
  },
];

/** Cells before and after the table: what the places use, and a model that is trained, registered and served. */
const BEFORE = [
  "import base64\nimport json\nimport logging\nimport os\nimport warnings\nfrom urllib.parse import quote\nimport pandas as pd\nfrom sklearn.linear_model import LogisticRegression",
  "def connect(*given, **named):\n    return len(str(given)) + len(str(named))\n\ndef login(user, password):\n    return len(password)",
];
const AFTER = [
  'df = pd.DataFrame({"token_count": range(n_rows), "amount": [index % 7 + more_rows for index in range(n_rows)], "label": [int(index > 20) for index in range(n_rows)]})',
  'X = df[["token_count", "amount"]]\ny = df["label"]',
  "model = LogisticRegression().fit(X, y)",
  'print("score", model.score(X, y))',
];

/** In what is never code: each value is only to be kept out. */
const ELSEWHERE = {
  markdown: "md-3Bn7mL",
  output: "out-5Jk9hG",
  metadata: "met-6Df2sA",
  process: "prc-1Qa4zW",
  remote: "rem-8Ws3xE",
} as const;

const run = promisify(execFile);

test("no place of a notebook lets a secret through", async () => {
  await using project = await tempProject({ "shop.ipynb": notebook() });
  const { root } = project;
  const python = await pythonForTests();
  await run("git", ["init", "-q", root]);
  await run("git", [
    "-C",
    root,
    "remote",
    "add",
    "origin",
    `https://ada:${ELSEWHERE.remote}@x.org/s`,
  ]);
  const given = { DB_PASSWORD: ELSEWHERE.process };
  const environment = { ...given, ...(await variables(notebook())) };
  const said: string[] = [];
  const mlops = async (
    exit: number,
    words: readonly string[],
    set: Readonly<Record<string, string>> = environment,
  ) => {
    const finished = await runMlops(words, { directory: root, environment: set });
    said.push(finished.stdout, finished.stderr);
    expect({ words, ...finished }).toMatchObject({ words, exit });
    return finished;
  };
  await mlops(0, ["inspect", "shop.ipynb", "--phase", "facts", "--json"], given);
  const promote = ["promote", "shop.ipynb", "--json", "--verbose", "--python", python];
  const promoted = await mlops(0, promote, given);
  const { result } = promoted.json() as { readonly result: Readonly<Record<string, unknown>> };
  expect(JSON.stringify(result)).toContain("SHOP_DB_PASSWORD");
  await mlops(3, ["run", "shop", "--python", python], given);
  const empty = { ...environment, SHOP_DB_PASSWORD: "" };
  expect((await mlops(3, ["run", "shop", "--python", python], empty)).stderr).toContain(
    "SHOP_DB_PASSWORD",
  );
  await mlops(0, ["run", "shop", "--events", "--python", python]);

  // A renewed secret makes nothing stale.
  const renewed = { ...environment, SHOP_DB_PASSWORD: "new-5Fg6hJ" };
  const again = await mlops(0, ["run", "shop", "--json", "--python", python], renewed);
  expect(again.stdout).not.toContain('"execute"');

  await mlops(1, ["run", "shop", "--force", "--verbose", "--python", python], {
    ...environment,
    SHOP_FAILS: "yes",
  });
  for (const words of [
    ["runs", "list", "--json"],
    ["assess", "--json"],
    ["pipelines", "show", "shop", "--json"],
    ["deploy", "shop", "--level", "1", "--target", "github"],
  ])
    await mlops(0, words);
  expect(await project.read(".github/workflows/shop-train.yml")).toContain(
    "${{ secrets.SHOP_DB_PASSWORD }}",
  );
  expect(await project.read("pipelines/shop/README.md")).toContain(
    "- `SHOP_DB_PASSWORD`: a secret",
  );

  // The package by itself, as CI runs it.
  const alone = { cwd: project.path("pipelines/shop"), env: { PATH: process.env["PATH"] } };
  const bare = await run(python, ["-m", "shop", "run"], alone).catch((error: unknown) => error);
  expect(bare).toMatchObject({ code: 1 });
  expect(String(bare)).toContain("SHOP_DB_PASSWORD");
  const env = { ...alone.env, ...environment };
  const trained = await run(python, ["-m", "shop", "run"], { ...alone, env });
  said.push(trained.stdout, trained.stderr);

  const values = [...HIDDEN.map(({ secret }) => secret), ...Object.values(ELSEWHERE), "new-5Fg6hJ"];
  expect.soft(await secretsInBytes(Buffer.from(said.join("\n")), values)).toEqual([]);
  expect(await secretsInFolder(root, values, /^(?:shop\.ipynb|\.git\/.*)$/)).toEqual([]);
});

/** Where no variable can be read instead; all in one notebook, each refused at its place. */
const REFUSED: readonly (Place & { readonly said: RegExp })[] = [
  { name: "%env", secret: "menv-4Rf5tG", cell: "%env SHOP_TOKEN=~", said: /cell 1, line 1/ },
  {
    name: "curl with a header",
    secret: "curl-7Yh8uJ",
    cell: '!curl -H "Authorization: Bearer ~" https://example.org',
    said: /cell 2, line 1/,
  },
  {
    name: "%%bash",
    secret: "bash-9Ik1oL",
    cell: "%%bash\ncurl -u ada:~ https://example.org -o x",
    said: /cell 3, line 1/,
  },
  {
    name: "an index of packages",
    secret: "pip-2Wq3eR",
    cell: "%pip install --extra-index-url https://ada:~@example.org/simple shop",
    said: /cell 4, line 1/,
  },
  {
    name: "a pattern",
    secret: "pat-5Tg6yH".padEnd(12, "x"),
    cell: 'x = "postgresql://ada:~@db/shop"\nmatch x:\n    case "postgresql://ada:~@db/shop":\n        y = 1',
    said: /cell 5, line 3/,
  },
  {
    name: "a module",
    secret: "mod-8Uj9iK",
    cell: "import shop_helpers",
    said: /shop_helpers\.py:1/,
  },
  { name: "a script", secret: "scr-1Ol2pQ", cell: "%run shop_setup.py", said: /shop_setup\.py:1/ },
  {
    name: "a part of a longer text",
    secret: "part-3Az4sX",
    cell: 'password = "~"\nrun = "psql -W ~ shop"\nrun2 = run',
    said: /cell 8, line 2/,
  },
];

test("where no variable can be read instead, every place is refused and no value said", async () => {
  const helper = (name: string): string =>
    `password = "${REFUSED.find((place) => place.name === name)?.secret ?? ""}"\n`;
  await using project = await tempProject({
    "shop.ipynb": notebookText(REFUSED.map(({ cell, secret }) => cell.replaceAll("~", secret))),
    "shop_helpers.py": helper("a module"),
    "shop_setup.py": helper("a script"),
  });
  const words = ["promote", "shop.ipynb", "--verbose", "--python", await pythonForTests()];
  const finished = await runMlops(words, { directory: project.root });
  expect(finished.exit).toBe(2);
  for (const { name, said } of REFUSED) expect.soft(finished.stderr, name).toMatch(said);
  const values = REFUSED.map(({ secret }) => secret);
  const printed = Buffer.from(finished.stdout + finished.stderr);
  expect.soft(await secretsInBytes(printed, values)).toEqual([]);
  const own = /^(?:shop\.ipynb|shop_\w+\.py)$/;
  expect(await secretsInFolder(project.root, values, own)).toEqual([]);
});

test.each<Place & { readonly said: RegExp }>([
  {
    name: "a packed object",
    secret: "obj-6Dc7fV",
    cell: 'import gzip, pickle\npassword = "~"\npickle.dump({"key": password}, gzip.open("client.pkl.gz", "wb"))',
    said: /cell 1, line 3.*SHOP_PASSWORD.*secret-in-file/s,
  },
  {
    name: "the title of a figure",
    secret: "fig-8Bg9hN",
    cell: 'import matplotlib.pyplot as plt\npassword = "~"\nplt.title(f"with {password}")\nplt.savefig("plot.png")',
    said: /cell 1, line 4.*SHOP_PASSWORD.*secret-in-file/s,
  },
  {
    name: "what a file of settings holds",
    secret: "cfg-1Mj2kL",
    cell: 'import json\nconfig = json.load(open("config.json"))\nprint(config)\nopen("copy.txt", "w").write(str(config))',
    said: /cell 1, line 4.*password in config\.json.*secret-in-file/s,
  },
])("a file that a cell writes is refused with the place: $name", async ({ secret, cell, said }) => {
  await using project = await tempProject({
    "shop.ipynb": notebookText([cell.replaceAll("~", secret)]),
    "config.json": JSON.stringify({ host: "db", password: secret }),
  });
  const words = ["promote", "shop.ipynb", "--verbose", "--python", await pythonForTests()];
  const finished = await runMlops(words, { directory: project.root });
  expect(finished.exit).toBe(2);
  expect.soft(finished.stderr).toMatch(said);
  const printed = Buffer.from(finished.stdout + finished.stderr);
  expect.soft(await secretsInBytes(printed, [secret])).toEqual([]);
  expect(await secretsInFolder(project.root, [secret], /^(?:shop\.ipynb|config\.json)$/)).toEqual(
    [],
  );
});

/** What the pipeline's variables must hold, so that it computes what the notebook computed. */
async function variables(text: string): Promise<Readonly<Record<string, string>>> {
  const read = readNotebook(text, "shop.ipynb");
  if (read.value === undefined) throw new Error("the notebook cannot be read");
  const { value } = buildNotebookProgram(read.value, await pythonParser(), {
    pipeline: "shop",
    environment: {},
  });
  return Object.fromEntries(value.hidden);
}

function notebook(): string {
  const code = (source: string, more: object = {}) => ({
    cell_type: "code",
    metadata: {},
    source,
    outputs: [],
    execution_count: null,
    ...more,
  });
  const cells = [
    { cell_type: "markdown", metadata: {}, source: `# Shop\n\npassword: ${ELSEWHERE.markdown}` },
    ...BEFORE.map((source) => code(source)),
    ...HIDDEN.map(({ secret, cell }) => code(cell.replaceAll("~", secret))),
    code('print("hello")', {
      metadata: { tags: [`password=${ELSEWHERE.metadata}`] },
      outputs: [{ output_type: "stream", name: "stdout", text: `password: ${ELSEWHERE.output}\n` }],
    }),
    code('print(os.environ["DB_PASSWORD"])'),
    ...AFTER.map((source) => code(source)),
  ];
  return JSON.stringify({
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec: { name: "python3", language: "python", display_name: "Python 3" } },
    cells: cells.map((cell, at) => ({ id: `c${String(at)}`, ...cell })),
  });
}
