/** What a certificate says, for people: verdict, coverage as n of total, each difference and each exclusion. */
import type { Certificate, FeatureProof } from "../../verification/schema.ts";
import type { PromotionResult } from "../promotion-schema.ts";
import { plainStyle, type Style } from "../style.ts";
import { fillWholeWords } from "./layout.ts";
import { renderRows } from "./table.ts";

/** Verdict, coverage and each difference. `undefined` where nothing was run. */
export function renderVerdict(
  certificate: Certificate | undefined,
  failure: PromotionResult["failure"],
  style: Style = plainStyle,
): string {
  if (certificate === undefined)
    return `  ${style.warn("unverified")}: the pipeline was not compared with the notebook, so nothing is proven`;
  const { coverage, verdict } = certificate;
  const other =
    certificate.fixed === undefined
      ? "what the notebook computed"
      : "what the notebook computes as it was fixed";
  const lines = [`  ${TONES[verdict](style, other)}`];
  if (certificate.fixed !== undefined) {
    const { kind, places } = certificate.fixed;
    const text = `compared with the notebook as it was fixed (${kind}, ${String(places.length)} ${places.length === 1 ? "place" : "places"}), not as it stands`;
    lines.push(entry(style.warn("on purpose"), text));
  }
  const parts = [
    ["values", coverage.values],
    ["metrics", coverage.metrics],
    ["printed text", coverage.text],
    ["files", coverage.files],
    ...(coverage.settings === undefined ? [] : [["settings", coverage.settings] as const]),
  ] as const;
  const rows = parts.map(([name, { compared, total }]) => [
    name,
    total === 0 ? "none" : `${String(compared)} of ${String(total)}`,
    total === 0 ? "" : "compared",
  ]);
  if (certificate.features !== undefined) rows.push(rowOfProofs(certificate.features.proofs));
  lines.push(renderRows(rows, style, { indent: "    " }));
  if (failure !== undefined) {
    const cell =
      failure.cell === undefined
        ? ""
        : `${failure.notebook === undefined ? "" : `${failure.notebook}, `}cell ${String(failure.cell)}`;
    const line = failure.line === undefined ? "" : `, line ${String(failure.line)}`;
    const place = cell === "" ? "" : ` (${cell}${line})`;
    lines.push(entry(style.bad("failed"), `step ${failure.step}${place}: ${failure.message}`));
  }
  const proofs = certificate.features?.proofs ?? [];
  for (const { proof, matrix, result, difference } of proofs) {
    if (result !== "fails") continue;
    const what = matrix === undefined ? proof : `${proof} of ${matrix}`;
    lines.push(entry(style.bad("differs"), `features, ${what}: ${difference ?? "does not hold"}`));
  }
  for (const comparison of certificate.comparisons) {
    if (comparison.same) continue;
    const what = `step ${comparison.step}, ${comparison.kind} ${comparison.name}`;
    lines.push(entry(style.bad("differs"), `${what}: ${comparison.difference ?? "not the same"}`));
  }
  const explored = certificate.excluded.filter(({ exploration }) => exploration === true);
  if (explored.length > 0) {
    const cells = cellsByName(explored.map(({ name }) => name));
    lines.push(
      entry("left out", `what exploration printed in ${cells}, which stays in the notebook`),
    );
  }
  for (const { name, cell, reason, evidence, causes, exploration } of certificate.excluded) {
    if (exploration === true) continue;
    const place = cell === null ? "" : ` (cell ${String(cell)})`;
    lines.push(
      entry(style.warn("excluded"), `${name}${place}: ${reason}; ${evidence}${becauseOf(causes)}`),
    );
  }
  return lines.join("\n");
}

/** Proofs about what the features do not have are not counted. */
function rowOfProofs(proofs: readonly FeatureProof[]): string[] {
  const counted = proofs.filter(({ result }) => result !== "not-applicable");
  const holding = counted.filter(({ result }) => result === "holds");
  return ["feature proofs", `${String(holding.length)} of ${String(counted.length)}`, "hold"];
}

/** The calls that something comes from, and what repeats each. */
function becauseOf(causes: Certificate["excluded"][number]["causes"]): string {
  if (causes === undefined) return "";
  const named = causes.map(
    ({ cell, line, call, fix }) => `${call} in cell ${String(cell)}, line ${String(line)} (${fix})`,
  );
  return `; because of ${named.join("; ")}`;
}

/** `cells 3, 9`; of several notebooks each name as it is: `clean.ipynb, cell 3; model.ipynb, cell 2`. */
function cellsByName(names: readonly string[]): string {
  const numbers = names.flatMap((name) => /^cell (\d+)$/.exec(name)?.[1] ?? []);
  if (numbers.length < names.length) return names.join("; ");
  return `${numbers.length === 1 ? "cell" : "cells"} ${numbers.join(", ")}`;
}

function entry(word: string, text: string): string {
  const [first = "", ...rest] = fillWholeWords(text.split(" "), "", 66).split("\n");
  return [`  ${word}: ${first}`, ...rest.map((line) => `    ${line}`)].join("\n");
}

const TONES: Readonly<Record<Certificate["verdict"], (style: Style, other: string) => string>> = {
  verified: (style, other) => `${style.good("verified")}: the pipeline computes ${other}`,
  "verified-with-exclusions": (style) =>
    `${style.good("verified")}, except for what is listed as excluded`,
  differs: (style, other) => `${style.bad("DIFFERS")}: the pipeline does not compute ${other}`,
  unverified: (style) => `${style.warn("unverified")}: nothing could be compared`,
};
