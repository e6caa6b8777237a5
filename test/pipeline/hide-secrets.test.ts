/** Secrets leave the program before anything looks at it; the rest of the text keeps its form and its lines. */
import { expect, test } from "vitest";
import { readNotebook } from "../../src/notebook/read-notebook.ts";
import { buildNotebookProgram } from "../../src/pipeline/notebook-program.ts";
import { notebookText } from "../support/notebooks.ts";
import { pythonParser } from "../support/python-parser.ts";

const TOKEN = `h${"f_"}a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8`;

async function hidden(cells: readonly string[], environment: Record<string, string> = {}) {
  const read = readNotebook(notebookText(cells), "story.ipynb");
  if (read.value === undefined) throw new Error("the notebook cannot be read");
  const surroundings = { pipeline: "churn", environment };
  const { value, diagnostics } = buildNotebookProgram(
    read.value,
    await pythonParser(),
    surroundings,
  );
  return { program: value, texts: value.cells.map(({ python }) => python), diagnostics };
}

test.each<{
  readonly name: string;
  readonly cells: readonly string[];
  readonly texts: readonly string[];
  readonly values: Readonly<Record<string, string>>;
}>([
  {
    name: "a variable, with an import added behind the last one",
    cells: ["import pandas as pd  # tables", 'api_key = "abcd-1234"  # theirs'],
    texts: [
      "import pandas as pd; import os  # tables",
      'api_key = os.environ["CHURN_API_KEY"]  # theirs',
    ],
    values: { CHURN_API_KEY: "abcd-1234" },
  },
  {
    name: "a token anywhere, once for equal values",
    cells: ["import os", `login("${TOKEN}")`, `login(token="${TOKEN}")`],
    texts: [
      "import os",
      'login(os.environ["CHURN_HF_TOKEN"])',
      'login(token=os.environ["CHURN_HF_TOKEN"])',
    ],
    values: { CHURN_HF_TOKEN: TOKEN },
  },
  {
    name: "an address with a password, and one put together",
    cells: [
      'import os\nurl = "postgresql://ada:hunter2@db/shop"',
      "again = f'postgresql://ada:hunter3@{host}/shop'",
      'third = f"postgresql://{user}:hunter4@{host}/shop"',
    ],
    texts: [
      'import os\nurl = os.environ["CHURN_URL"]',
      "again = f'postgresql://ada:{os.environ[\"CHURN_AGAIN\"]}@{host}/shop'",
      "third = f\"postgresql://{user}:{os.environ['CHURN_THIRD']}@{host}/shop\"",
    ],
    values: {
      CHURN_URL: "postgresql://ada:hunter2@db/shop",
      CHURN_AGAIN: "hunter3",
      CHURN_THIRD: "hunter4",
    },
  },
  {
    name: "pieces side by side, bytes, numbers, dictionaries, defaults",
    cells: [
      `import os\nlogin("Bearer " "${TOKEN}")\npassword = b"hunter2"\npin_password = 123456`,
      'db = {"host": "db", "password": "hunter3"}\ndef connect(passwd="hunter4"): ...',
      `header = f"x-{name}" "${TOKEN}"`,
    ],
    texts: [
      'import os\nlogin(os.environ["CHURN_HF_TOKEN"])\npassword = os.environ["CHURN_PASSWORD"].encode()\npin_password = int(os.environ["CHURN_PIN_PASSWORD"])',
      'db = {"host": "db", "password": os.environ["CHURN_PASSWORD_2"]}\ndef connect(passwd=os.environ["CHURN_PASSWD"]): ...',
      'header = f"x-{name}" f"{os.environ[\'CHURN_HF_TOKEN_2\']}"',
    ],
    values: {
      CHURN_HF_TOKEN: `Bearer ${TOKEN}`,
      CHURN_PASSWORD: "hunter2",
      CHURN_PIN_PASSWORD: "123456",
      CHURN_PASSWORD_2: "hunter3",
      CHURN_PASSWD: "hunter4",
      CHURN_HF_TOKEN_2: TOKEN,
    },
  },
  {
    name: "no import anywhere, and an os that is something else",
    cells: ['password = "hunter2"'],
    texts: ['import os; password = os.environ["CHURN_PASSWORD"]'],
    values: { CHURN_PASSWORD: "hunter2" },
  },
  {
    name: "an os that is something else",
    cells: ['os = "linux"', 'password = "hunter2"'],
    texts: ['os = "linux"', 'password = __import__("os").environ["CHURN_PASSWORD"]'],
    values: { CHURN_PASSWORD: "hunter2" },
  },
  {
    name: "what the notebook names itself, comments, and lines that stay where they are",
    cells: [
      `import os\nos.environ["HF_TOKEN"] = "${TOKEN}"  # was ${TOKEN}`,
      '# password = "hunter9"\nprivate_key = """-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQ\n-----END PRIVATE KEY-----"""\nx = 1',
    ],
    texts: [
      'import os\nos.environ["HF_TOKEN"] = os.environ["HF_TOKEN"]  # was ***',
      '# password = "***"\nprivate_key = os.environ["CHURN_PRIVATE_KEY"\n\n]\nx = 1',
    ],
    values: {
      HF_TOKEN: TOKEN,
      CHURN_PRIVATE_KEY:
        "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQ\n-----END PRIVATE KEY-----",
    },
  },
  {
    name: "a comment beside nothing else, and the same value in another cell",
    cells: [
      'import os\npassword = "hunter2"',
      `x = 1  # ${TOKEN}`,
      'connect("ada", "hunter2")',
      "y = 2  # hunter2",
    ],
    texts: [
      'import os\npassword = os.environ["CHURN_PASSWORD"]',
      "x = 1  # ***",
      'connect("ada", os.environ["CHURN_PASSWORD"])',
      "y = 2  # ***",
    ],
    values: { CHURN_PASSWORD: "hunter2" },
  },
  {
    name: "a password that is a word, which means something else elsewhere",
    cells: ['import os\npassword = "postgres"', 'engine = "postgres"'],
    texts: ['import os\npassword = os.environ["CHURN_PASSWORD"]', 'engine = "postgres"'],
    values: { CHURN_PASSWORD: "postgres" },
  },
  {
    name: "what is wrapped, unpacked, added to, walked over or named on the way",
    cells: [
      'import os\npassword = SecretStr("hunter21")\npassword = "hunter22".encode()',
      'user, password = "ada", "hunter23"\npassword += "hunter24"',
      'for password in ["hunter25"]: ...\nprint((password := "hunter26"))',
    ],
    texts: [
      'import os\npassword = SecretStr(os.environ["CHURN_PASSWORD"])\npassword = os.environ["CHURN_PASSWORD_2"].encode()',
      'user, password = "ada", os.environ["CHURN_PASSWORD_3"]\npassword += os.environ["CHURN_PASSWORD_4"]',
      'for password in [os.environ["CHURN_PASSWORD_5"]]: ...\nprint((password := os.environ["CHURN_PASSWORD_6"]))',
    ],
    values: {
      CHURN_PASSWORD: "hunter21",
      CHURN_PASSWORD_2: "hunter22",
      CHURN_PASSWORD_3: "hunter23",
      CHURN_PASSWORD_4: "hunter24",
      CHURN_PASSWORD_5: "hunter25",
      CHURN_PASSWORD_6: "hunter26",
    },
  },
  {
    name: "a pair for auth, however short, and passwords by position",
    cells: [
      'import os\nget(url, auth=("ada", "pw1"))\nauth = ("ada", "pw2")\nauth = HTTPBasicAuth("ada", "hunter27")',
      'def sign_in(user, password): ...\nsmtp.login("ada", "hunter28")',
      'sign_in("ada", "hunter29")\nsign_in(password="hunter30", user="ada")\nwandb.login("0123456789abcdef0123456789abcdef01234567")',
    ],
    texts: [
      'import os\nget(url, auth=("ada", os.environ["CHURN_AUTH_PASSWORD"]))\nauth = ("ada", os.environ["CHURN_AUTH_PASSWORD_2"])\nauth = HTTPBasicAuth("ada", os.environ["CHURN_PASSWORD"])',
      'def sign_in(user, password): ...\nsmtp.login("ada", os.environ["CHURN_PASSWORD_2"])',
      'sign_in("ada", os.environ["CHURN_PASSWORD_3"])\nsign_in(password=os.environ["CHURN_PASSWORD_4"], user="ada")\nwandb.login(os.environ["CHURN_API_TOKEN"])',
    ],
    values: {
      CHURN_AUTH_PASSWORD: "pw1",
      CHURN_AUTH_PASSWORD_2: "pw2",
      CHURN_PASSWORD: "hunter27",
      CHURN_PASSWORD_2: "hunter28",
      CHURN_PASSWORD_3: "hunter29",
      CHURN_PASSWORD_4: "hunter30",
      CHURN_API_TOKEN: "0123456789abcdef0123456789abcdef01234567",
    },
  },
  {
    name: "a token in two halves, as an argument by itself",
    cells: [
      `import os\nlogin("${TOKEN.slice(0, 9)}" + "${TOKEN.slice(9)}")\nlogin(("${TOKEN.slice(0, 20)}"\n + "${TOKEN.slice(20)}"))`,
    ],
    texts: [
      'import os\nlogin(os.environ["CHURN_HF_TOKEN"])\nlogin((os.environ["CHURN_HF_TOKEN"\n]))',
    ],
    values: { CHURN_HF_TOKEN: TOKEN },
  },
  {
    name: "passwords that an address holds as they are, and every one of a text",
    cells: [
      'import os\na = "postgresql://ada:hun@ter31@db/shop"\nb = "mysql://ada:hun#te/r32@db.example.org:3306/shop"',
      "c = 'http://ada:hunter33@proxy and ftp://bob:hunter34@files'\n# from bob, hunter34",
      'd = \'{"user": "ada", "password": "hunter35"}\'\ne = \'curl -u ada:hunter36 https://example.org\'',
    ],
    texts: [
      'import os\na = os.environ["CHURN_A"]\nb = os.environ["CHURN_B"]',
      'c = os.environ["CHURN_C"]\n# from bob, ***',
      'd = os.environ["CHURN_D"]\ne = os.environ["CHURN_E"]',
    ],
    values: {
      CHURN_A: "postgresql://ada:hun@ter31@db/shop",
      CHURN_B: "mysql://ada:hun#te/r32@db.example.org:3306/shop",
      CHURN_C: "http://ada:hunter33@proxy and ftp://bob:hunter34@files",
      CHURN_D: '{"user": "ada", "password": "hunter35"}',
      CHURN_E: "curl -u ada:hunter36 https://example.org",
    },
  },
  {
    name: "passwords that comments say without quotes",
    cells: [
      "import os\nx = 1  # password: hunter37",
      "# The db_password is set by hand, password: required to log in\n# api_key = os.environ['API_KEY']\n# pwd=hunter",
    ],
    texts: [
      "import os\nx = 1  # password: ***",
      "# The db_password is set by hand, password: required to log in\n# api_key = os.environ['API_KEY']\n# pwd=***",
    ],
    values: {},
  },
  {
    name: "where a secret is to be found is none",
    cells: [
      'import getpass\npassword = getpass.getpass("Type it in")\napi_key = keyring.get_password("my-service", "ada-1815")\npassword = config["database"].get("entry-number-1")',
    ],
    texts: [
      'import getpass\npassword = getpass.getpass("Type it in")\napi_key = keyring.get_password("my-service", "ada-1815")\npassword = config["database"].get("entry-number-1")',
    ],
    values: {},
  },
  {
    name: "two in one part of a text",
    cells: [`import os\nheader = f"{x} ${TOKEN} and ${TOKEN.replace("a1", "z9")}"`],
    texts: [
      "import os\nheader = f\"{x} {os.environ['CHURN_HF_TOKEN']} and {os.environ['CHURN_HF_TOKEN_2']}\"",
    ],
    values: { CHURN_HF_TOKEN: TOKEN, CHURN_HF_TOKEN_2: TOKEN.replace("a1", "z9") },
  },
])("$name", async ({ cells, texts, values }) => {
  const found = await hidden(cells);
  expect(found.texts).toEqual(texts);
  expect(Object.fromEntries(found.program.hidden)).toEqual(values);
  expect(found.diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  expect(found.program.environment.map(({ name }) => name)).toEqual(Object.keys(values).sort());
});

test("a value that the environment has is read again under its own name", async () => {
  const found = await hidden(["import os", 'connect("tiger-lily-7")'], {
    DB_PASSWORD: "tiger-lily-7",
  });
  expect(found.texts[1]).toBe('connect(os.environ["DB_PASSWORD"])');
  expect(found.program.environment).toEqual([
    { name: "DB_PASSWORD", secret: true, required: true },
  ]);
  expect(found.diagnostics).toMatchObject([
    { code: "secret-hidden", where: { path: "story.ipynb", cell: 2, line: 1 } },
  ]);
});

test("a secret inside a longer text of another cell stops the promotion at its place", async () => {
  const { diagnostics } = await hidden(['password = "hunter2"', 'x = 1\nrun("psql -W hunter2")']);
  expect(diagnostics.filter(({ severity }) => severity === "error")).toMatchObject([
    { code: "secret-not-movable", where: { cell: 2, line: 2 } },
  ]);
});

test("where nothing can be read, the place is named", async () => {
  const { diagnostics } = await hidden([`match x:\n    case "${TOKEN}":\n        y = 1`]);
  expect(diagnostics).toMatchObject([
    { code: "secret-not-movable", severity: "error", where: { cell: 1, line: 2 } },
  ]);
});

test("a package that is called as a password is installed all the same", async () => {
  const { program } = await hidden(["!pip install feast", 'password = "feast"  # not feast']);
  expect(program.cells[0]?.magics[0]?.meaning).toEqual({
    kind: "requirement",
    requirements: ["feast"],
  });
  expect(program.cells[1]?.python).toMatch(/# not \*\*\*$/);
});

test("what is said of a magic shows no password that is a word", async () => {
  const found = await hidden(["password = 'hunterxyz'", "!vpnup ada hunterxyz"]);
  expect(found.diagnostics.map(({ code }) => code)).toContain("magic-unsupported");
  expect(JSON.stringify(found.diagnostics)).not.toContain("hunterxyz");
  expect(JSON.stringify(found.program)).not.toContain("hunterxyz");
});

test("markdown and broken cells hold none either", async () => {
  const found = await hidden([`#: ## Load with ${TOKEN}`, `x = "${TOKEN}"\ny = (`]);
  expect(JSON.stringify(found)).not.toContain(TOKEN);
  expect(found.program.notebook.cells[0]?.source).toBe("## Load with ***");
});

test("an ordinary notebook is not touched", async () => {
  const cells = [
    "import pandas as pd",
    'df = pd.read_csv("data/key_figures.csv", sep=";")',
    "#: ## Token counts",
  ];
  expect((await hidden(cells)).texts).toEqual(cells.slice(0, 2));
});
