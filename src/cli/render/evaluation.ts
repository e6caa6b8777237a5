/** What a model version was measured against, for people: its metrics beside those of a constant and of the champion of the time. */
import type { EvaluationReport } from "../../app/models-schema.ts";
import type { Style } from "../style.ts";
import { renderNumber, renderRows } from "./table.ts";
import type { Cell } from "./typed-table.ts";

type Beside = EvaluationReport["metrics"][number]["baseline"];
type Peer = EvaluationReport["baseline"];

/** Blocks with faint titles, without a newline at the end. */
export function renderEvaluation(report: EvaluationReport, style: Style): string {
  return [
    style.faint("compared on the same rows"),
    ...tableOf(report, style),
    renderRows(peersOf(report), style),
    style.faint("leakage"),
    renderRows(leakageOf(report), style),
  ].join("\n");
}

/** Metrics that nobody else was measured by are in the version's own line already. */
function tableOf({ metrics, champion }: EvaluationReport, style: Style): readonly string[] {
  const compared = metrics.filter((one) => one.baseline !== null || one.champion !== null);
  if (compared.length === 0) return [];
  const hasChampion = champion !== null && champion.because === null;
  const titles = ["metric", "this", "baseline", "", ...(hasChampion ? ["champion", ""] : [])];
  const rows = compared.map((one): readonly (string | Cell)[] => [
    one.name,
    renderNumber(one.value),
    ...beside(one.baseline),
    ...(hasChampion ? beside(one.champion) : []),
  ]);
  const head = titles.map((title): Cell => ({ value: title, tone: "faint" }));
  return [renderRows([head, ...rows], style, { right: [1, 2, 4] })];
}

/** The other's value, and how this version stands to it. */
function beside(found: Beside): readonly [string, Cell] {
  if (found === null) return ["", { value: "" }];
  return [renderNumber(found.value), STANDINGS[found.standing]];
}

const STANDINGS: Readonly<Record<NonNullable<Beside>["standing"], Cell>> = {
  better: { value: "better", tone: "good" },
  same: { value: "same" },
  worse: { value: "worse", tone: "bad" },
  unknown: { value: "not known which is better", tone: "faint" },
};

function peersOf({ baseline, champion }: EvaluationReport): readonly (readonly string[])[] {
  return [
    ["baseline", wordsOf(baseline)],
    ["champion", champion === null ? "there was none" : wordsOf(champion)],
  ];
}

function wordsOf({ of, because, caveat }: Peer): string {
  if (because !== null) return `${of}, not measured: ${because}`;
  return caveat === null ? of : `${of}; ${caveat}`;
}

function leakageOf({ leakage }: EvaluationReport): readonly (readonly (string | Cell)[])[] {
  if (leakage.because !== null) return [["not looked for", leakage.because]];
  const found = leakage.findings.map((text): Cell => ({ value: text, tone: "warn" }));
  return [
    ...(found.length > 0 ? found : ["nothing"]).map((text) => ["found", text]),
    ["looked for", leakage.checked.join(", ")],
  ];
}
