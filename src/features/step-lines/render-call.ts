/** Calls of the functions that hold a step's lines, as `learn` and the step write them. */
import type { StepRun } from "./step-lines.ts";

const WIDTH = 100;

/** `df, limit = learn_clean(df)`: what `learn` goes on with. */
export function callInLearn({ name, takes, gives, keeps }: StepRun): string {
  return assigned([...gives, ...keeps], called(name, takes));
}

/** `df, *_ = learn_clean(df)`: what only serving needs is left. */
export function callInStep({ name, takes, gives, keeps }: StepRun): string {
  const targets = gives.length > 0 && keeps.length > 0 ? [...gives, "*_"] : gives;
  return assigned(targets, called(name, takes));
}

function called(name: string, takes: readonly string[]): string {
  const oneLine = `${name}(${takes.join(", ")})`;
  return oneLine.length <= WIDTH / 2
    ? oneLine
    : `${name}(\n${takes.map((take) => `    ${take},`).join("\n")}\n)`;
}

function assigned(targets: readonly string[], call: string): string {
  if (targets.length === 0) return call;
  const oneLine = `${targets.join(", ")} = ${call}`;
  return (oneLine.split("\n")[0] ?? "").length <= WIDTH
    ? oneLine
    : `(\n${targets.map((target) => `    ${target},`).join("\n")}\n) = ${call}`;
}
