import { expect, test } from "vitest";
import { neutralizeMagics } from "../../src/notebook/magics.ts";
import { checkMagics, type MagicCase } from "./check-magics.ts";

const cases: readonly MagicCase[] = [
  // What becomes Python.
  {
    name: "copies and moves files",
    cell: "!cp -f a.csv data/\n!mv a.csv b.csv",
    python:
      'import shutil; shutil.copy("a.csv", "data/");\nimport shutil; shutil.move("a.csv", "b.csv");',
    means: ["python", "python"],
  },
  {
    name: "copies several files into a folder only",
    cell: "!cp a b data",
    python: 'import shutil; shutil.copy("a", "data/"); shutil.copy("b", "data/");',
    means: ["python"],
  },
  {
    name: "removes files, and folders with what is in them",
    cell: "%rm -f a.csv\n!rm -rf out",
    python:
      'import pathlib; pathlib.Path("a.csv").unlink(missing_ok=True);\nimport os, pathlib, shutil; shutil.rmtree("out") if os.path.isdir("out") else pathlib.Path("out").unlink(missing_ok=True);',
    means: ["python", "python"],
  },
  {
    name: "unpacks archives",
    cell: "!unzip -qo data.zip -d data\n!tar xzf a.tgz\n!tar -xvf a.tar -C b",
    python:
      'import shutil; shutil.unpack_archive("data.zip", "data");\nimport shutil; shutil.unpack_archive("a.tgz");\nimport shutil; shutil.unpack_archive("a.tar", "b");',
    means: ["python", "python", "python"],
  },
  {
    name: "unpacks one compressed file",
    cell: "!gunzip a.csv.gz\n!gzip -dk b.gz",
    python:
      'import gzip, pathlib; pathlib.Path("a.csv").write_bytes(gzip.open("a.csv.gz").read()); pathlib.Path("a.csv.gz").unlink();\nimport gzip, pathlib; pathlib.Path("b").write_bytes(gzip.open("b.gz").read());',
    means: ["python", "python"],
  },
  {
    name: "does what stands behind something that cannot fail",
    cell: "!echo begins && mkdir -p a && touch a/b; ls a",
    python: 'import os, pathlib; os.makedirs("a", exist_ok=True); pathlib.Path("a/b").touch();',
    means: ["python"],
  },
  {
    name: "does the lines of a shell cell one by one",
    cell: "%%bash\n# first\nmkdir -p \\\n  a\n\nls a\ntouch b",
    python:
      '\n\nimport os; os.makedirs("a", exist_ok=True);\n\n\n\nimport pathlib; pathlib.Path("b").touch();',
    means: ["python"],
  },
  // What is left out.
  {
    name: "leaves out what prepares the machine",
    cell: "!apt install git-lfs\n!sudo apt-get -y update\n!git config --global user.name me\n!chmod +x run.sh",
    python: "\n\n\n",
    means: ["left-out", "left-out", "left-out", "left-out"],
  },
  {
    name: "says all that one line means",
    cell: "!apt install -y graphviz && pip install graphviz",
    python: "",
    means: [["graphviz"], "left-out"],
  },
  // What fetches.
  {
    name: "leaves it to the files that are there whether something is fetched",
    cell: "!wget -q https://example.org/a.csv\n!curl -LO https://example.org/b.csv\n!curl -s https://example.org/x > c.csv\n![ -e d.txt ] || curl -O https://example.org/d.txt\n!git clone https://example.org/e.git",
    python: "\n\n\n\n",
    means: ["fetch", "fetch", "fetch", "fetch", "fetch"],
  },
  {
    name: "unpacks what was fetched",
    cell: "!wget https://example.org/a.zip && unzip -q a.zip",
    python: 'import shutil; shutil.unpack_archive("a.zip");',
    means: ["python", "fetch"],
  },
  {
    name: "refuses to fetch what has no name",
    cell: "!wget $url\n!wget -r https://example.org/\n!curl -X POST https://example.org/a\n!aws s3 sync s3://a b\n!kaggle datasets download a/b",
    python: "\n\n\n\n",
    means: ["refuse", "refuse", "refuse", "refuse", "refuse"],
  },
  // What only shows.
  {
    name: "drops what only shows",
    cell: "!pygmentize train.py\n!nvcc --version\n!cd data && ls\n!find . -name '*.csv'\n!sed -n '1,4p' a.txt\n!kubectl get pods\n!sleep 3",
    python: "\n\n\n\n\n\n",
    means: ["drop", "drop", "drop", "drop", "drop", "drop", "drop"],
  },
  // What cannot be told.
  {
    name: "refuses paths that the shell works out",
    cell: "!rm *.csv\n!cp {path} b\n!mv a ~/b\n!touch $NAME\n!cp -r a b",
    python: "\n\n\n\n",
    means: ["refuse", "refuse", "refuse", "refuse", "refuse"],
  },
  {
    name: "refuses what depends on another command",
    cell: "!test -e a || touch b\n!ls a && rm a\n!rm a | cat",
    python: "\n\n",
    means: ["refuse", "refuse", "refuse"],
  },
  {
    name: "refuses to do something in another folder, or with variables of the shell",
    cell: "!cd data && rm a.csv\n!export A=1; touch a",
    python: "\n",
    means: ["refuse", "refuse"],
  },
  {
    name: "refuses a shell cell that moves before it acts",
    cell: "%%sh\ncd data\ntouch a",
    python: "\n\n",
    means: ["refuse"],
  },
  {
    name: "refuses a shell cell whose text goes into a variable",
    cell: "%%bash --out files\nls",
    python: "\n",
    means: ["refuse"],
  },
  {
    name: "refuses to look for files and delete or run them",
    cell: "!find . -name '*.tmp' -delete\n!sort -o a a\n!sed -i s/a/b/ a.txt",
    python: "\n\n",
    means: ["refuse", "refuse", "refuse"],
  },
  {
    name: "refuses to remove the whole folder and what is outside of it, and to pack files",
    cell: "!rm -rf .\n!rm -rf /srv/data\n!rm a/../../b\n!rm -r ../\n!tar czf a.tgz data\n!tar xzf a.tgz one/file",
    python: "\n\n\n\n\n",
    means: ["refuse", "refuse", "refuse", "refuse", "refuse", "refuse"],
  },
];

test.each(cases.map((each) => [each.name, each] as const))("%s", (_name, each) => {
  checkMagics(each);
});

test("every refusal of a shell line says why and what to do", () => {
  for (const { cell } of cases) {
    for (const { meaning } of neutralizeMagics(cell).magics) {
      if (meaning.kind !== "refuse") continue;
      expect(meaning.reason.length).toBeGreaterThan(10);
      expect(meaning.hint.length).toBeGreaterThan(10);
    }
  }
});

test("names what a line fetches", () => {
  const paths = (line: string): readonly string[] =>
    neutralizeMagics(`!${line}`).magics.flatMap(({ meaning }) =>
      meaning.kind === "fetch" ? meaning.paths : [],
    );
  expect(paths("wget https://example.org/x/a.csv -O b.csv")).toEqual(["b.csv"]);
  expect(paths("wget -P data https://example.org/a.csv https://example.org/b.csv")).toEqual([
    "data/a.csv",
    "data/b.csv",
  ]);
  expect(paths("curl -sSL 'https://example.org/a' -o a.tar.gz")).toEqual(["a.tar.gz"]);
  expect(paths("git clone --depth 1 https://example.org/x/tools.git")).toEqual(["tools"]);
  expect(paths("aws s3 cp s3://bucket/data/a.csv .")).toEqual(["./a.csv"]);
  expect(paths("aws s3 cp a.csv s3://bucket/data/")).toEqual([]);
  expect(paths("wget https://example.org/a.csv?x=1")).toEqual([]);
});
