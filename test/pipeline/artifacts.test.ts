import { expect, test } from "vitest";
import { buildArtifacts } from "../../src/pipeline/artifacts.ts";
import { cutIntoSegments } from "../../src/pipeline/segment.ts";
import { programOf } from "../support/notebooks.ts";

test("where two inputs hold a variable of one name, the newer one comes last", async () => {
  const { program } = await programOf([
    "df = f()\nraw = df",
    "df = df.dropna()\ndf['c'] = 1",
    "g(raw, df)",
  ]);
  const segments = cutIntoSegments(program.facts.statements, () => undefined, "cell");
  const { artifacts, inputs } = buildArtifacts({
    segments,
    interfaces: [
      { inputs: [], outputs: ["df", "raw"], maybeUnbound: [] },
      { inputs: ["df"], outputs: ["df"], maybeUnbound: [] },
      { inputs: ["df", "raw"], outputs: [], maybeUnbound: [] },
    ],
    stepNames: ["load", "prepare", "save"],
    shares: new Map([
      ["df", new Set(["raw"])],
      ["raw", new Set(["df"])],
    ]),
    observed: () => undefined,
  });
  expect(artifacts.map(({ name, variables }) => [name, variables])).toEqual([
    ["df-and-raw", ["df", "raw"]],
    ["df", ["df"]],
  ]);
  expect(inputs[2]).toEqual(["df-and-raw", "df"]);
});
