/** What a promotion made, for people: the graph, what crosses, parameters and metrics, the verdict, what to type next. */
import { promoteAgain } from "../../pipeline/sources.ts";
import type { PromotionResult } from "../promotion-schema.ts";
import { plainStyle, type Style } from "../style.ts";
import { fillWholeWords } from "./layout.ts";
import { renderPlan } from "./plan.ts";
import { isUnchanged, renderEdits, renderPlannedChanges } from "./promoted-files.ts";
import { renderNumber, renderRows } from "./table.ts";
import { renderVerdict } from "./verdict.ts";

/** Without diagnostics, which the command's frame prints, and without a final newline. */
export function renderPromotion(
  result: PromotionResult,
  show: { readonly diff: boolean },
  style: Style = plainStyle,
): string {
  const { plan } = result;
  const title =
    result.revision === undefined
      ? `${style.strong(result.name)}: dry run, nothing was written`
      : `${style.strong(`${result.name}:r${String(result.revision)}`)} in ${result.folder}/${isUnchanged(result) ? " is as it was: nothing changed" : ""}`;
  const blocks = [title, renderPlan(plan, style)];
  const same =
    result.fixed === undefined ? "same as the notebook" : "same as the notebook as it was fixed";
  const metrics = (result.certificate?.comparisons ?? []).filter(
    (comparison) => comparison.kind === "metric",
  );
  if (metrics.length > 0)
    blocks.push(
      `${style.strong("Metrics")}\n${renderRows(
        metrics.map((metric) => [
          metric.name,
          renderNumber(metric.got),
          metric.same ? same : `${renderNumber(metric.expected)} in the notebook`,
        ]),
        style,
        { right: [1] },
      )}`,
    );
  if (result.fixed !== undefined) blocks.push(renderFixed(result.fixed, style));
  const conflicts = result.changes.some((file) => (file.conflicts ?? []).length > 0);
  blocks.push(
    `${style.strong("Verification")}\n${conflicts ? "  unverified: conflicts have to be resolved first; promoting again then verifies" : renderVerdict(result.certificate, result.failure, style)}`,
  );
  const serving = `${result.serving.ready ? style.good("ready") : style.warn("not available")}: ${result.serving.because}`;
  blocks.push(`${style.strong("Serving")}\n${fillWholeWords(serving.split(" "), "  ", 78)}`);
  const edits = renderEdits(result);
  if (edits !== "") blocks.push(edits);
  if (result.diff !== undefined && !show.diff) blocks.push(renderPlannedChanges(result, style));
  if (result.diff === "") blocks.push("Nothing would change.");
  else if (result.diff === undefined)
    blocks.push(`${style.strong("Next")}\n${renderNext(result, style)}`);
  else if (show.diff) blocks.push(result.diff);
  return blocks.join("\n\n");
}

/** What the pipeline has otherwise than the notebook, on purpose, and what came of it. */
function renderFixed(fixed: NonNullable<PromotionResult["fixed"]>, style: Style): string {
  const places = fixed.places.map(({ cell, line, was, now }) => {
    const text = was === "" ? `new: ${now.split("\n").at(-1) ?? ""}` : `${was} → ${now}`;
    return fillWholeWords(
      [`cell ${String(cell)}, line ${String(line)}:`, ...text.split(" ")],
      "  ",
      78,
    );
  });
  const rows = fixed.metrics.map(({ name, notebook, fixed: now }) => [
    name,
    notebook === undefined ? "none" : renderNumber(notebook),
    now === undefined ? "none" : renderNumber(now),
  ]);
  const table =
    rows.length === 0
      ? ""
      : `\n${renderRows([["metric", "notebook", "fixed"], ...rows], style, { right: [1, 2] })}`;
  return `${style.strong("Fixed: leakage")} ${style.faint("(the notebook stays as it is)")}\n${places.join("\n")}${table}`;
}

/** Commands to type, most useful first. */
function renderNext(result: PromotionResult, style: Style): string {
  const { name, certificate, plan, serving } = result;
  const run = [`mlops run ${name}`, "run it; later runs repeat only what changed"];
  if (certificate === undefined)
    return renderRows(
      [[promoteAgain(plan), "run the notebook too, and prove the pipeline"], run],
      style,
    );
  if (certificate.verdict === "differs")
    return renderRows(
      [
        [`mlops verify ${name}`, "compare again after mending what differs"],
        [promoteAgain(plan), "promote again after changing the notebook"],
      ],
      style,
    );
  return renderRows(
    [
      run,
      ...(serving.ready
        ? [[`mlops serve ${name}@v1`, "answer requests with the model of a run"]]
        : []),
      [`git add ${result.folder}`, "keep the pipeline and its certificate"],
    ],
    style,
  );
}
