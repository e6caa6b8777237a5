/** Believable notebooks of any size, in shapes that strain the analysis in different places. Cells as texts. */

const START = [
  "import numpy as np\nimport pandas as pd\nfrom sklearn.linear_model import LogisticRegression\nfrom sklearn.metrics import accuracy_score\nfrom sklearn.model_selection import train_test_split",
  'df = pd.read_csv("data.csv")\nprint(df.shape)\ndf.head()',
] as const;

const END = [
  'X = df.drop(columns=["label"])\ny = df["label"]\nX_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)\nmodel = LogisticRegression(max_iter=200)\nmodel.fit(X_train, y_train)',
  'predictions = model.predict(X_test)\naccuracy = accuracy_score(y_test, predictions)\nprint(f"accuracy {accuracy:.3f}")',
] as const;

const MIXED = [
  'df["a#"] = df["x"] / (df["y"] + 1)\ndf["b#"] = np.log1p(df["a#"].clip(lower=0))\ndf.loc[df["b#"] > 3, "b#"] = 3\ndf["c#"] = df["kind"].map({"one": 1, "two": 2}).fillna(0)\ndf[["a#", "b#", "c#"]].describe()',
  'def scale#(frame, name, low=0.0, high=1.0):\n    column = frame[name]\n    span = column.max() - column.min()\n    return (column - column.min()) / (span or 1.0) * (high - low) + low\n\n\ndf["s#"] = scale#(df, "x")',
  'totals# = {}\nfor name, part in df.groupby("kind"):\n    if len(part) > 2:\n        totals#[name] = part["x"].sum()\n    else:\n        totals#[name] = 0\nprint(totals#)',
  'mean#, deviation# = df["x"].mean(), df["x"].std()\ndf["z#"] = (df["x"] - mean#) / deviation#\noutliers# = df[df["z#"].abs() > 3]\nassert len(outliers#) < len(df)\noutliers#.head()',
] as const;

const CHAIN = [
  'df = df.assign(a#=df["x"] * 2, b#=lambda frame: frame["x"] - 1)\ndf = df[df["a#"].notna()]\ndf["c#"] = df["a#"].rank()\ndf = df.drop(columns=["b#"])',
] as const;

const VARIABLES = [
  'part# = df[df["x"] > #].copy()\npart#["ratio"] = part#["x"] / part#["y"]\ntable# = part#.groupby("kind")["ratio"].agg(["mean", "std"])\ncolumn# = part#["ratio"].to_numpy()\nsummary# = {"mean": column#.mean(), "rows": len(part#)}\nprint(summary#)',
] as const;

const HELPERS = [
  'def clean#(frame):\n    frame = frame.copy()\n    frame["x"] = frame["x"].fillna(0)\n    return frame\n\n\ndef enrich#(frame, factor=2):\n    frame = clean#(frame)\n    frame["e#"] = frame["x"] * factor\n    return frame\n\n\ndf = enrich#(df)',
  'def score#(frame, columns=("x", "y")):\n    total = 0\n    for column in columns:\n        total += frame[column].mean()\n    return total\n\n\nscores.append(score#(df))\nprint(scores[-1])',
] as const;

const LOOPS = [
  'results# = []\nfor size in range(1, 5):\n    for name, part in df.groupby("kind"):\n        if len(part) < size:\n            continue\n        row = {"name": name, "size": size}\n        row["mean"] = part["x"].rolling(size).mean().mean()\n        results#.append(row)\n    while size > 10:\n        size -= 1\n        if size % 7 == 0:\n            break\nsummary# = pd.DataFrame(results#)\ntry:\n    best# = summary#["mean"].max()\nexcept KeyError:\n    best# = None',
] as const;

const ALIASES = [
  'view# = df["x"]\nshared# = [df, view#]\nlookup["k#"] = shared#\nother# = lookup["k#"][0]\nother#["v#"] = view# * 2\nboth# = (other#, shared#)\nfor item in both#:\n    print(type(item))',
] as const;

/** A shape of notebook; `cells` gives about as many code cells as it is asked for. */
export interface Story {
  readonly name: string;
  readonly cells: (size: number) => readonly string[];
}

/** `mixed` is what people write; the others each repeat one thing without end. */
export const stories: readonly Story[] = [
  { name: "mixed", cells: (size) => story(size, MIXED) },
  { name: "one frame", cells: (size) => story(size, CHAIN) },
  { name: "variables", cells: (size) => story(size, VARIABLES) },
  { name: "helpers", cells: (size) => story(size, HELPERS, ["scores = []"]) },
  { name: "loops", cells: (size) => story(size, LOOPS) },
  { name: "aliases", cells: (size) => story(size, ALIASES, ["lookup = {}"]) },
  {
    name: "one cell",
    cells: (size) => [
      ...START,
      story(size, MIXED).slice(START.length, -END.length).join("\n"),
      ...END,
    ],
  },
];

function story(
  size: number,
  repeated: readonly string[],
  first: readonly string[] = [],
): readonly string[] {
  const cells = [...START, ...first];
  for (let at = cells.length; at < size - END.length; at += 1)
    cells.push(repeated[at % repeated.length]?.replaceAll("#", String(at)) ?? "");
  return [...cells, ...END];
}
