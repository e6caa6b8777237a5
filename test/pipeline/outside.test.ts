import { expect, test } from "vitest";
import { outsideOf } from "../../src/pipeline/outside.ts";
import { planOf } from "../support/notebooks.ts";

const LOAD = 'import pandas as pd\ndf = pd.read_csv("data.csv")';
const USE = 'df["b"] = df["a"] * 2\ndf.to_csv("out.csv")';

test.each([
  [
    "a date that a column is counted from",
    "from datetime import date",
    'df["age"] = date.today().year - df["born"]',
    "clock",
  ],
  [
    "a date in a variable",
    "import datetime as dt",
    'now = dt.datetime.now()\ndf["year"] = now.year',
    "clock",
  ],
  [
    "seconds as a seed",
    "import time\nimport numpy as np",
    'np.random.seed(int(time.time()))\ndf["r"] = np.random.rand(len(df))',
    "clock",
  ],
  ["the time of pandas", "", 'df["age"] = pd.Timestamp.now().year - df["born"]', "clock"],
  [
    "a date by its word",
    "import numpy as np",
    'df["since"] = np.datetime64("today") - df["day"]',
    "clock",
  ],
  [
    "an answer of a server",
    "import requests",
    'df["rate"] = requests.get("https://example.org/rate").json()',
    "network",
  ],
  [
    "another program",
    "import subprocess",
    'df["n"] = subprocess.run(["wc"]).returncode',
    "subprocess",
  ],
  [
    "a time that is only printed",
    "import time",
    'start = time.time()\ndf["c"] = df["a"] + 1\nprint(time.time() - start)',
    "",
  ],
  [
    "a date that is written out",
    "import numpy as np",
    'df["since"] = np.datetime64("2024-01-01") - df["day"]',
    "",
  ],
])("the plan says what no digest covers: %s", async (_, imports, lines, expected) => {
  const { plan } = await planOf([`${imports}\n${LOAD}`, `${lines}\n${USE}`]);
  const found = new Set(plan?.steps.flatMap((step) => step.outside ?? []));
  expect([...found].join()).toBe(expected);
});

test.each([
  ["a program that a library starts", "wc -l data.csv", ["subprocess"]],
  ["joblib counting the cores", "lscpu --parse=core", []],
  ["a program whose name begins alike", "lscpu --parse=core,cpu", ["subprocess"]],
])("the observed run says what a library did: %s", (_, command, expected) => {
  expect(outsideOf([], [{ network: [], subprocesses: [command] }], [])).toEqual(expected);
});

test.each([
  [
    "a library of times that no table knows",
    "import pendulum",
    'df["t"] = pendulum.now().year',
    "clock",
  ],
  [
    "a range that ends by a word",
    "",
    'df["t"] = pd.date_range(end="today", periods=len(df))',
    "clock",
  ],
  [
    "a function of the notebook",
    "import time",
    'def stamp():\n    return time.time()\ndf["t"] = stamp()',
    "clock",
  ],
  ["a column that is called so", "", 'df["now"] = df["today"] + 1', ""],
])("the plan says what no digest covers, whoever asks: %s", async (_, imports, lines, expected) => {
  const { plan } = await planOf([`${imports}\n${LOAD}`, `${lines}\n${USE}`]);
  const found = new Set(plan?.steps.flatMap((step) => step.outside ?? []));
  expect([...found].join()).toBe(expected);
});
