/** Answers as v2 output tensors. Datatypes follow from the contract alone, so that they never change between two requests. */
import type { Result } from "../../base/result.ts";
import { err, ok } from "../../base/result.ts";
import type { Contract } from "../../contract/schema.ts";
import type { Answer } from "../answer-schema.ts";
import type { Refusal } from "../refusal.ts";

/** A v2 response tensor; data is flat, row-major. */
export interface OutputTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly datatype: "BOOL" | "INT64" | "FP64" | "BYTES";
  readonly data: readonly (string | number | boolean)[];
  readonly parameters?: Readonly<Record<string, string>>;
}

/**
 * `label` and, when every answer has them, `probabilities`; of a model with several answers one tensor for each, by its name. Refused when
 * an answer does not fit the announced datatype.
 */
export function outputTensors(
  contract: Contract,
  answers: readonly Answer[],
): Result<readonly OutputTensor[], Refusal> {
  const datatype = labelDatatype(contract.answer);
  const tensors: OutputTensor[] = [];
  for (const name of contract.answer.outputs ?? ["label"]) {
    const data: (string | number | boolean)[] = [];
    for (const [row, answer] of answers.entries()) {
      const value = toDatatype(namedValue(answer, name), datatype);
      if (value === undefined) {
        return err({
          status: 500,
          code: "prediction-failed",
          message: `rows[${String(row)}]: the model's answer does not fit datatype ${datatype} of its contract`,
        });
      }
      data.push(value);
    }
    tensors.push({ name, shape: [answers.length], datatype, data });
  }
  const probabilities = probabilityTensor(contract, answers);
  return ok(probabilities === undefined ? tensors : [...tensors, probabilities]);
}

function namedValue(answer: Answer, name: string): string | number | boolean | null {
  if ("error" in answer) return null;
  return "outputs" in answer ? (answer.outputs[name] ?? null) : answer.label;
}

/** BYTES where the classes are not known or of different types: labels then travel as text. */
function labelDatatype(answer: Contract["answer"]): OutputTensor["datatype"] {
  const classes = answer.classes ?? [];
  if (classes.length > 0) {
    if (classes.every((item) => typeof item === "boolean")) return "BOOL";
    if (classes.every((item) => Number.isSafeInteger(item))) return "INT64";
    if (classes.every((item) => typeof item === "number")) return "FP64";
    return "BYTES";
  }
  if (answer.kind === "cluster") return "INT64";
  return answer.kind === "label" ? "BYTES" : "FP64";
}

function toDatatype(
  label: string | number | boolean | null,
  datatype: OutputTensor["datatype"],
): string | number | boolean | undefined {
  if (label === null) return undefined;
  switch (datatype) {
    case "BOOL":
      return typeof label === "boolean" ? label : undefined;
    case "INT64":
      return Number.isSafeInteger(label) ? label : undefined;
    case "FP64":
      return typeof label === "number" ? label : undefined;
    case "BYTES":
      return String(label);
  }
}

function probabilityTensor(
  contract: Contract,
  answers: readonly Answer[],
): OutputTensor | undefined {
  const first = answers[0];
  const given = first !== undefined && "label" in first ? first.probabilities : undefined;
  if (given === undefined) return undefined;
  const classes = classOrder(contract, Object.keys(given));
  const data: number[] = [];
  for (const answer of answers) {
    const probabilities = "label" in answer ? answer.probabilities : undefined;
    for (const name of classes) {
      const probability = probabilities?.[name];
      if (probability === undefined) return undefined;
      data.push(probability);
    }
  }
  return {
    name: "probabilities",
    shape: [answers.length, classes.length],
    datatype: "FP64",
    data,
    parameters: { classes: JSON.stringify(classes) },
  };
}

/** The contract's order of classes; that of the answer when they do not name the same. */
function classOrder(contract: Contract, names: readonly string[]): readonly string[] {
  const order = (contract.answer.classes ?? []).map(String);
  const isSame = order.length === names.length && order.every((name) => names.includes(name));
  return isSame ? order : names;
}
