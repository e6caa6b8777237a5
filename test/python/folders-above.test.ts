import { describe, expect, test } from "vitest";
import { foldersAbove } from "../../src/python/folders-above.ts";
import { pythonParser } from "../support/python-parser.ts";

const parser = await pythonParser();

const CASES: readonly (readonly [string, number, string])[] = [
  ["a file beside the notebook leads nowhere", 0, 'pd.read_csv("data/raw.csv")'],
  ["a file in the folder beside leads one up", 1, 'pd.read_csv("../data/raw.csv")'],
  ["two folders up", 2, 'open("../../raw.csv")'],
  ["dots at the end of a sentence are no folder", 0, 'print("and so on ...")'],
  ["going down first takes nothing away", 1, 'open("a/../../raw.csv")'],
  ["going down and up again stays inside", 0, 'open("a/b/../../raw.csv")'],
  ["an address is no path", 0, 'pd.read_csv("https://example.org/a/../../b.csv")'],
  ["joined by os.path", 2, 'os.path.join("..", "..", "data", name)\nos.path.join("..", "..", "x")'],
  ["joined by os.pardir", 1, 'p = os.path.join(os.pardir, "data")'],
  ["joined by pathlib", 1, 'DATA = Path("..") / "data" / "raw.csv"'],
  ["joined by a method", 1, 'DATA = Path("..").joinpath("data")'],
  ["the parent of the working directory", 1, 'DATA = Path.cwd().parent / "data"'],
  ["the parent's parent", 2, "DATA = Path().resolve().parent.parent"],
  ["parents by number", 2, "ROOT = Path.cwd().parents[1]"],
  ["the folder above, by os.path", 1, "ROOT = os.path.dirname(os.getcwd())"],
  [
    "the folder above that, by names",
    2,
    "here = os.getcwd()\nup = os.path.dirname(here)\nROOT = os.path.dirname(up)",
  ],
  ["the folder of a file below is no folder above", 0, 'os.path.dirname("data/raw.csv")'],
  ["a name that holds a folder above", 2, 'ROOT = "../.."\nopen(os.path.join(ROOT, "raw.csv"))'],
  ["text with a value in it", 1, 'open(f"../data/{name}.csv")'],
  ["a parent that is no folder", 0, "tree = node.parent\nmother = family.parents[0]"],
  ["inside a function", 1, 'def load():\n    return pd.read_csv("../data/raw.csv")'],
  ["windows' separators", 1, 'pd.read_csv(r"..\\data\\raw.csv")'],
];

describe("how far above its folder a notebook leads", () => {
  test.each(CASES)("%s", (_title, levels, text) => {
    expect(foldersAbove([parser.parse(text)])).toBe(levels);
  });

  test("names are known in later cells", () => {
    const cells = ['ROOT = ".."', 'open(ROOT + "/raw.csv")', "open(ROOT)"];
    expect(foldersAbove(cells.map((text) => parser.parse(text)))).toBe(1);
  });
});
