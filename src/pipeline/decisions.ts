/**
 * What a person decided about the steps (merge, split, rename, drop) and the served model (serve), replayed on the steps that planning proposes.
 *
 * A decision that cannot be followed soundly is an error with its reason: nothing is promoted. One that no longer fits a
 * changed notebook is a warning, and stays in pipeline.yaml. Cells are told by their text, so that a decision follows its
 * cell when others are put in above, and never hits another one.
 */
import type { Diagnostic, Place } from "../base/diagnostic.ts";
import { sha256 } from "../base/hash.ts";
import type { StatementFacts } from "../python/facts.ts";
import type { NotebookProgram } from "./notebook-program.ts";
import { unique } from "./parameters.ts";
import type { Decision } from "./schema.ts";
import { mergeSegments, type Segment } from "./segment.ts";
import type { SoundSegments } from "./sound-segments.ts";

/** A decision and where it is written; an answer given in a dialog is written nowhere yet. */
export interface DecidedItem {
  readonly decision: Decision;
  readonly where: Place | undefined;
}

/** A step before its inputs and outputs are known. */
export interface NamedSegment {
  readonly segment: Segment;
  readonly name: string;
  readonly summary: string;
}

/** Decisions with the cells they mean now; those without a cell any more are in `diagnostics` and do nothing. */
export interface LocatedDecisions {
  /** In the order given, all of them. */
  readonly items: readonly (DecidedItem & { readonly fits: boolean })[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Finds the cells that `drop` and `split` mean, and notes the text of those that a person wrote by number alone. */
export function locateDecisions(
  items: readonly DecidedItem[],
  program: NotebookProgram,
): LocatedDecisions {
  const diagnostics: Diagnostic[] = [];
  const digests = program.notebook.cells.map((cell) => sha256(cell.source).slice(7, 19));
  const located = items.map((item) => {
    const { decision } = item;
    if (decision.kind !== "drop" && decision.kind !== "split") return { ...item, fits: true };
    const number = decision.kind === "drop" ? decision.cell : decision["after-cell"];
    const found = findCell(number, decision.source, digests);
    if (found === undefined) {
      diagnostics.push(
        unfit(
          item,
          `cell ${String(number)} is ${decision.source === undefined ? "not there" : "no longer what it was"}`,
          program.notebook.path,
        ),
      );
      return { ...item, fits: false };
    }
    const source = digests[found - 1] ?? "";
    return {
      ...item,
      fits: true,
      decision:
        decision.kind === "drop"
          ? { ...decision, cell: found, source }
          : { ...decision, "after-cell": found, source },
    };
  });
  return { items: located, diagnostics };
}

/** @returns The cell's number now. */
function findCell(
  number: number,
  source: string | undefined,
  digests: readonly string[],
): number | undefined {
  if (source === undefined) return number <= digests.length ? number : undefined;
  if (digests[number - 1] === source) return number;
  const same = digests.flatMap((digest, at) => (digest === source ? [at + 1] : []));
  return same.length === 1 ? same[0] : undefined;
}

/** What applying needs to know about the steps. */
export interface StepDecisions {
  readonly steps: readonly NamedSegment[];
  readonly items: LocatedDecisions["items"];
  /** Names that no step may have. */
  readonly reserved: ReadonlySet<string>;
  readonly cellOf: (statement: StatementFacts) => number;
  /** Joins what may not stay apart. */
  readonly sound: (segments: readonly Segment[]) => SoundSegments;
  readonly path: string;
  /** Variable of the model that is served. */
  readonly served: string | undefined;
}

/** The model that the newest decision about it names. */
export function chosenModel(items: readonly DecidedItem[]): string | undefined {
  const decision = items.findLast((item) => item.decision.kind === "serve")?.decision;
  return decision?.kind === "serve" ? decision.model : undefined;
}

/** Applies merge, split and rename in the order given; drop, fix and serve are done before. An error among the diagnostics means that the plan must not be used. */
export function applyDecisions(input: StepDecisions): {
  readonly steps: readonly NamedSegment[];
  readonly diagnostics: readonly Diagnostic[];
} {
  let { steps } = input;
  const diagnostics: Diagnostic[] = [];
  for (const item of input.items) {
    const { decision } = item;
    // What concerns cells is done before there are steps.
    if (!item.fits || decision.kind === "drop" || decision.kind === "fix") continue;
    if (decision.kind === "serve") {
      // Of several the newest counts.
      const isNewest = decision.model === chosenModel(input.items);
      if (isNewest && decision.model !== input.served)
        diagnostics.push(
          unfit(item, `no model is kept under the name ${decision.model}`, input.path),
        );
      continue;
    }
    const applied = applyOne(decision, steps, input);
    switch (applied.kind) {
      case "done":
        steps = applied.steps;
        break;
      case "unfit":
        diagnostics.push(unfit(item, applied.because, input.path));
        break;
      case "unsound":
        diagnostics.push(unsound(item, applied.because, input.path));
        break;
    }
  }
  return { steps, diagnostics };
}

type Applied =
  | { readonly kind: "done"; readonly steps: readonly NamedSegment[] }
  | { readonly kind: "unfit" | "unsound"; readonly because: string };

function applyOne(
  decision: Exclude<Decision, { kind: "drop" | "fix" | "serve" }>,
  steps: readonly NamedSegment[],
  input: StepDecisions,
): Applied {
  switch (decision.kind) {
    case "merge":
      return merge(decision, steps, input);
    case "split":
      return split(decision, steps, input);
    case "rename":
      return rename(decision, steps, input);
  }
}

function merge(
  decision: Extract<Decision, { kind: "merge" }>,
  steps: readonly NamedSegment[],
  input: StepDecisions,
): Applied {
  const missing = decision.steps.find((name) => !steps.some((step) => step.name === name));
  if (missing !== undefined) return { kind: "unfit", because: `there is no step ${missing}` };
  const at = steps.flatMap((step, index) => (decision.steps.includes(step.name) ? [index] : []));
  const [from = 0, to = 0] = [at[0], at.at(-1)];
  const between = steps.slice(from, to + 1).filter((step) => !decision.steps.includes(step.name));
  if (between.length > 0)
    return {
      kind: "unsound",
      because: `${between.map((step) => step.name).join(", ")} runs between them, and the order of what a notebook does is never changed; merge it, too`,
    };
  const [joined] = mergeSegments(
    steps.slice(from, to + 1).map((step) => step.segment),
    0,
    to - from,
  );
  if (joined === undefined) return { kind: "unfit", because: "there is nothing to merge" };
  // The step that gives the merged one its role gives it its name, too.
  const main =
    steps.slice(from, to + 1).find((step) => step.segment.role === joined.role) ?? steps[from];
  const name = decision.as ?? main?.name ?? "step";
  const others = [...steps.slice(0, from), ...steps.slice(to + 1)];
  const wrong = wrongName(name, others, input);
  if (wrong !== undefined) return { kind: "unsound", because: wrong };
  const merged = { segment: joined, name, summary: main?.summary ?? name };
  return { kind: "done", steps: [...steps.slice(0, from), merged, ...steps.slice(to + 1)] };
}

function split(
  decision: Extract<Decision, { kind: "split" }>,
  steps: readonly NamedSegment[],
  input: StepDecisions,
): Applied {
  const at = steps.findIndex((step) => step.name === decision.step);
  const step = steps[at];
  if (step === undefined) return { kind: "unfit", because: `there is no step ${decision.step}` };
  const cell = decision["after-cell"];
  const isFirst = (statement: StatementFacts): boolean => input.cellOf(statement) <= cell;
  const first = step.segment.statements.filter(isFirst);
  const second = step.segment.statements.filter((statement) => !isFirst(statement));
  if (first.length === 0 || second.length === 0)
    return {
      kind: "unfit",
      because: `${step.name} has nothing on one side of cell ${String(cell)}`,
    };
  const segments = [
    ...steps.slice(0, at).map((other) => other.segment),
    { ...step.segment, statements: first },
    { ...step.segment, statements: second },
    ...steps.slice(at + 1).map((other) => other.segment),
  ];
  const checked = input.sound(segments);
  if (checked.segments.length < segments.length)
    return {
      kind: "unsound",
      because: checked.diagnostics.at(-1)?.message ?? "the two parts cannot be kept apart",
    };
  const used = new Set([...input.reserved, ...steps.map((other) => other.name)]);
  const parts: readonly NamedSegment[] = [
    { ...step, segment: { ...step.segment, statements: first } },
    {
      ...step,
      name: unique(`${step.name}-2`, used),
      segment: { ...step.segment, statements: second },
    },
  ];
  return { kind: "done", steps: [...steps.slice(0, at), ...parts, ...steps.slice(at + 1)] };
}

function rename(
  decision: Extract<Decision, { kind: "rename" }>,
  steps: readonly NamedSegment[],
  input: StepDecisions,
): Applied {
  if (!steps.some((step) => step.name === decision.step))
    return { kind: "unfit", because: `there is no step ${decision.step}` };
  const others = steps.filter((step) => step.name !== decision.step);
  const wrong = wrongName(decision.as, others, input);
  if (wrong !== undefined) return { kind: "unsound", because: wrong };
  return {
    kind: "done",
    steps: steps.map((step) =>
      step.name === decision.step ? { ...step, name: decision.as } : step,
    ),
  };
}

function wrongName(
  name: string,
  others: readonly NamedSegment[],
  input: StepDecisions,
): string | undefined {
  if (others.some((step) => step.name === name)) return `there is another step ${name}`;
  if (input.reserved.has(name)) return `${name} is the name of something else in the package`;
  return undefined;
}

/** `rename train to fit-model`, for messages. */
export function describeDecision(decision: Decision): string {
  switch (decision.kind) {
    case "merge":
      return `merge ${decision.steps.join(", ")}${decision.as === undefined ? "" : ` as ${decision.as}`}`;
    case "split":
      return `split ${decision.step} after cell ${String(decision["after-cell"])}`;
    case "rename":
      return `rename ${decision.step} to ${decision.as}`;
    case "drop":
      return `drop cell ${String(decision.cell)}`;
    case "fix":
      return `fix ${decision.what}`;
    case "serve":
      return `serve ${decision.model}`;
  }
}

function unfit(item: DecidedItem, because: string, path: string): Diagnostic {
  return {
    code: "decision-no-longer-fits",
    severity: "warning",
    message: `the decision to ${describeDecision(item.decision)} does not fit the notebook any more: ${because}`,
    hint: "it stays in pipeline.yaml and did nothing this time; change it there, or remove it",
    where: item.where ?? { path },
  };
}

/** Refusing is an error, because the person asked for something else than what they would get. */
export function unsound(item: DecidedItem, because: string, path: string): Diagnostic {
  return {
    code: "decision-unsound",
    severity: "error",
    message: `cannot ${describeDecision(item.decision)}: ${because}`,
    hint: "change or remove the decision in pipeline.yaml",
    where: item.where ?? { path },
  };
}
