/** How much work an analysis is, counted in steps: a guarantee that no machine and no load can blur. */
import { expect, test } from "vitest";
import { analyzeProgram } from "../../src/python/analyze-program.ts";
import type { ProgramFacts } from "../../src/python/facts.ts";
import { newWork } from "../../src/python/interpretation/work.ts";
import { stories } from "../bench/stories.ts";
import { pythonParser } from "../support/python-parser.ts";

async function stepsOf(
  cells: readonly string[],
  limit?: number,
): Promise<{ readonly facts: ProgramFacts; readonly steps: number }> {
  const units = cells.map((text, at) => ({ id: String(at + 1), text }));
  const work = limit === undefined ? newWork(cells.length) : { done: 0, limit };
  const facts = analyzeProgram(units, await pythonParser(), { work });
  return { facts, steps: work.done };
}

/** Loops in each other, with `body` in the innermost. */
function nested(depth: number, body: string): string {
  const loops = Array.from(
    { length: depth },
    (_, at) => `${"    ".repeat(at)}for i${String(at)} in range(3):`,
  );
  return [...loops, `${"    ".repeat(depth)}${body}`].join("\n");
}

const INSTANCES = `class Projection(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.lin = nn.Linear(width)

    def forward(self, x):
        return self.lin(x)


def experiment(runs, kind):
    found = []
    for run in range(runs):
        options = dict(kind=kind)
        if kind == "deep":
            inner = Projection(run)
            first = Kernel(inner)
            second = Kernel(first, inner)
            options.update({"kernel": Deep(inner, first, second)})
        detector = Detector(found, **options)
        found.append(detector.predict(options))
    return found`;

/** A network whose methods call inherited ones, and a function that trains one it is given. */
const network = (held: string): string => `class Reader(nn.Module):
${held}
    def __init__(self, letters, width=64):
        super().__init__()
        self.letters = letters
        self.places = dict(enumerate(self.letters))
        self.cells = nn.LSTM(len(self.letters), width)
        self.drop = nn.Dropout(0.3)
        self.last = nn.Linear(width, len(self.letters))

    def forward(self, x, state):
        out, state = self.cells(x, state)
        out = self.drop(out).contiguous().view(-1, 64)
        return self.last(out), state

    def start(self, size):
        weight = next(self.parameters()).data
        if on_gpu:
            state = (weight.new(size, 64).zero_().cuda(), weight.new(size, 64).zero_().cuda())
        else:
            state = (weight.new(size, 64).zero_(), weight.new(size, 64).zero_())
        return state


def train(net, data, rounds=3):
    net.train()
    opt = torch.optim.Adam(net.parameters())
    for _ in range(rounds):
        state = net.start(8)
        for x, y in batches(data):
            x, y = torch.from_numpy(x), torch.from_numpy(y)
            if on_gpu:
                x, y = x.cuda(), y.cuda()
            state = tuple([each.data for each in state])
            net.zero_grad()
            out, state = net(x, state)
            loss = nn.CrossEntropyLoss()(out, y.view(8 * 50).long())
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 5)
            opt.step()
            held = net.start(8)
            net.eval()
            for x, y in batches(data):
                held = tuple([each.data for each in held])
                out, held = net(x, held)
            net.train()`;

/** Each calls the next, the last the first; the first changes a list of the module. */
function ring(size: number): string {
  return Array.from({ length: size }, (_, at) => {
    const call = `return f${String((at + 1) % size)}(x)`;
    return `def f${String(at)}(x):\n    ${at === 0 ? `seen.append(x)\n    ${call}` : call}`;
  }).join("\n\n\n");
}

/** Each hands the next to a library, which may call it with anything; tables hold them all. */
function handedOn(size: number): string {
  const places = Array.from({ length: size }, (_, at) => at);
  const next = (at: number): string => `rule${String((at + 1) % size)}`;
  const rules = places.map(
    (at) =>
      `def rule${String(at)}(x):\n    return Node(x.op, *map(${next(at)}, x.parts))\ntable${String(at)} = [rule${String(at)}, ${next(at)}]`,
  );
  return [
    "class Node:\n    def __init__(self, op, *parts):\n        self.op = op\n        self.parts = parts",
    ...rules,
    "def simplify(x):\n    return transform([table0, table1], x, *map(rule0, x.parts))",
  ].join("\n\n\n");
}

test.each([
  {
    name: "functions that hand each other to a library are followed once for each state of what they share",
    cells: [
      "from library import transform",
      handedOn(4),
      "x = rule0(Node(1))\ny = simplify(Node(x, *map(rule0, [x, x])))\nz = [simplify(part) for part in [x, y]]",
    ],
    most: 150_000,
  },
  {
    name: "loops with a comprehension inside run a few times each, not twelve times to the power of their depth",
    cells: [nested(7, "rows = [value for value in range(i0)]")],
    most: 2000,
  },
  {
    name: "so do loops with a class inside",
    cells: [nested(7, "class Row: size = 1")],
    most: 2000,
  },
  {
    name: "instances made in a loop are one instance with one inside, however often the loop is run",
    cells: ["import torch.nn as nn\nfrom library import Kernel, Deep, Detector", INSTANCES],
    most: 20_000,
  },
  {
    name: "methods of a network that call inherited ones are followed a few times each",
    cells: ["import torch\nfrom torch import nn\nfrom library import batches, on_gpu", network("")],
    most: 20_000,
  },
  {
    name: "so are those of one whose class holds a list",
    cells: [
      "import torch\nfrom torch import nn\nfrom library import batches, on_gpu",
      network("    seen = []\n"),
    ],
    most: 20_000,
  },
  {
    name: "comprehensions in each other do not double the work with every level",
    cells: [`x = ${"[".repeat(30)}y${" for a in z]".repeat(30)}`],
    most: 2000,
  },
  {
    name: "a long chain of functions does not overflow the stack",
    cells: ["seen = []", ring(200)],
    most: 500_000,
  },
  {
    name: "functions that call each other in a ring are run again a few times each",
    cells: ["seen = []", ring(100), "f5([])"],
    most: 100_000,
  },
  {
    name: "of many names for older and newer states of one thing each statement meets each name once",
    cells: [
      "from library import change, flag\ndf = change()",
      ...Array.from(
        { length: 300 },
        (_, at) => `df = change(df)\npart${String(at)} = df["x"]\nif flag: df = df.copy()`,
      ),
    ],
    most: 500_000,
  },
])("$name", async ({ cells, most }) => {
  const { facts, steps } = await stepsOf(cells);
  expect(facts.diagnostics).toEqual([]);
  expect(steps).toBeLessThan(most);
});

test("a cell costs as much among many as among few, however many names share memory", async () => {
  const aliases = stories.find(({ name }) => name === "aliases");
  if (aliases === undefined) throw new Error("there is a story of aliases");
  const perCell = async (size: number): Promise<number> => {
    const { facts, steps } = await stepsOf(aliases.cells(size));
    expect(facts.diagnostics).toEqual([]);
    return steps / size;
  };
  expect((await perCell(600)) / (await perCell(100))).toBeLessThan(1.5);
});

/** `#` in a cell stands for its number. */
test.each([
  {
    name: "a frame that goes through one unknown function after the other",
    first: "from library import clean\ndf = clean()",
    cell: "def enrich#(frame):\n    frame = frame.copy()\n    return frame\n\n\ndf = enrich#(df)",
  },
  {
    name: "a list that takes up one unknown thing after the other",
    first: "from library import score\nscores = []",
    cell: "scores.append(score(#))\nprint(scores[-1])",
  },
  {
    name: "a list of which a name always holds the last",
    first: "from library import score\nscores = []",
    cell: "scores.append(score(#))\nlast = scores[-1]",
  },
  {
    name: "loops with the same variables that each fill a list of their own",
    first: "import pandas as pd\ndf = pd.read_csv('data.csv')",
    cell: "rows# = []\nfor kind, part in df.groupby('kind'):\n    row = {'kind': kind}\n    row['mean'] = part['x'].mean()\n    rows#.append(row)",
  },
  {
    name: "loops over two things at once, one of them always the same",
    first: "import matplotlib.pyplot as plt\nfrom library import table\ncolumns = list(table)",
    cell: "figure, axes = plt.subplots(2, 2)\nfor ax, column in zip(axes.flat, columns):\n    ax.hist(table[column])",
  },
  {
    name: "a name that every branch binds to something that others hold too",
    first: "from library import fit",
    cell: "try:\n    model = [fit(#)]\nexcept ValueError:\n    model = [None]\nheld# = model",
  },
])(
  "a cell costs as many steps in a long notebook as in a short one: $name",
  async ({ first, cell }) => {
    const cellsOf = (size: number): readonly string[] => [
      first,
      ...Array.from({ length: size }, (_, at) => cell.replaceAll("#", String(at))),
    ];
    const [short, long] = [await stepsOf(cellsOf(100)), await stepsOf(cellsOf(1000))];
    expect(long.steps / 1000).toBeLessThan((short.steps / 100) * 1.2);
  },
);

test("what one function of a ring changes is seen at a call of any of them", async () => {
  const { facts } = await stepsOf(["seen = []", ring(20), "f5([])"]);
  expect(facts.statements.at(-1)?.mutations.map(({ name }) => name)).toEqual(["seen"]);
});

test("an analysis that comes to its limit says where, and leaves out what follows", async () => {
  const { facts } = await stepsOf(["a = 1", nested(4, "b = [a for _ in range(a)]"), "c = a"], 40);
  expect(facts.statements.map(({ unit }) => unit)).toEqual([0]);
  expect(facts.brokenUnits).toEqual([1, 2]);
  expect(facts.diagnostics).toMatchObject([
    { code: "analysis-too-large", severity: "error", where: { path: "2", line: 1 } },
  ]);
});
