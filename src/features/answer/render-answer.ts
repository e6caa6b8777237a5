/** The answer's part of `predict.py`: from the model's outputs to values of the predicted column, and what readers must know of them. */
import type { AnswerPlan, DecodeStep } from "../staging.ts";

/** Body of `decoded(outputs, state)`. */
export function renderDecode({ decode }: AnswerPlan): string {
  const lines = decode.map((step, at) => renderStep(step, at === decode.length - 1));
  return lines.length === 0 ? "return outputs" : lines.join("\n");
}

/** Value of `OUTPUTS`. */
export function renderOutputs({ outputs }: AnswerPlan): string {
  return outputs === undefined
    ? "None"
    : `(${outputs.map((name) => `${JSON.stringify(name)},`).join(" ")})`;
}

/** Body of `remark(state)`. */
export function renderRemark({ kind, remark }: AnswerPlan): string {
  if (remark === undefined) return "return None";
  const text = JSON.stringify(remark.text);
  if (remark.unless === undefined) return `return ${text}`;
  const terms = `state.${remark.unless}`;
  const known = kind === "label" ? `${terms}["same"] or ${terms}["labels"]` : `${terms}["same"]`;
  return `return None if ${known} else ${text}`;
}

function renderStep(step: DecodeStep, isLast: boolean): string {
  const result = isLast ? "return" : "outputs =";
  switch (step.kind) {
    case "encoder":
      return step.isFlat
        ? `${result} state.${step.field}.inverse_transform(outputs)`
        : `${result} np.ravel(state.${step.field}.inverse_transform(np.reshape(outputs, (-1, 1))))`;
    case "inverse":
      return `${result} ${step.undo}`;
    case "learned":
      return `labels = dict(state.${step.field}["labels"] or [])\n${result} [labels.get(value, value) for value in outputs.tolist()]`;
    case "mapping": {
      const pairs = step.pairs.map(({ output, label }) => `${output}: ${label}`).join(", ");
      const found = step.others === "null" ? "labels[value]" : "labels.get(value, value)";
      const list = `[${found} for value in outputs.tolist()]`;
      return `labels: dict[Any, Any] = {${pairs}}\n${result} ${isLast ? list : `np.array(${list}, dtype=object)`}`;
    }
  }
}
