/** Readable, deterministic, unique step names: the phase, told apart by the author's headings or the model's class. */

import { kebab, unique } from "./parameters.ts";
import type { Role } from "./plan.ts";
import { isModelConstructor, isModelFitCall } from "./roles.ts";
import type { Segment } from "./segment.ts";

const PHASE: Readonly<Record<Role, string>> = {
  imports: "imports",
  setup: "setup",
  helper: "helpers",
  parameters: "parameters",
  load: "load",
  validate: "validate",
  explore: "explore",
  features: "prepare",
  split: "split",
  train: "train",
  evaluate: "evaluate",
  persist: "save",
};

const SUMMARY: Readonly<Record<Role, string>> = {
  imports: "Imports",
  setup: "Settings",
  helper: "Helpers",
  parameters: "Parameters",
  load: "Load the raw data",
  validate: "Check the data",
  explore: "Explore the data",
  features: "Prepare the features",
  split: "Split the data",
  train: "Train the model",
  evaluate: "Evaluate the model",
  persist: "Save the results",
};

/** Words that a heading can lose without losing its sense. */
const FILLERS = new Set(
  "a an the and of for to in on with our my this that step part section let us now some is are we".split(
    " ",
  ),
);

/** A section called "Train" may begin with feature work, which must not be named after what follows it. */
const PHASE_WORDS = new Set([
  "load",
  "loading",
  "split",
  "train",
  "training",
  "model",
  "modeling",
  "evaluate",
  "evaluation",
  "save",
  "data",
  "results",
]);

/** Sections in which one looks around; what is kept of them is named after what it does. */
const LOOKING_AROUND =
  /^(?:eda|explor|first-(?:look|glance|impression)|look|overview|inspect|insights?$|understand|visuali|descriptive|sanity)|(?:exploration|analysis|overview)$/;

/** One name and one summary sentence a segment, in order. Names that Python reserves for the package's own modules are avoided. */
export function nameSteps(
  segments: readonly Segment[],
  reserved: ReadonlySet<string>,
): readonly { readonly name: string; readonly summary: string }[] {
  const timesUsed = new Map<Role, number>();
  for (const segment of segments)
    timesUsed.set(segment.role, (timesUsed.get(segment.role) ?? 0) + 1);
  const used = new Set<string>(reserved);
  let model: string | undefined;
  return segments.map((segment) => {
    const phase = PHASE[segment.role];
    const several = (timesUsed.get(segment.role) ?? 0) > 1;
    const heading = segment.heading === undefined ? undefined : headingWords(segment.heading);
    if (segment.role === "train") model = modelClass(segment) ?? model;
    const qualifier = segment.role === "train" || segment.role === "evaluate" ? model : undefined;
    let name = phase;
    // `features.py` is the module that serving shares with training.
    if (heading === "features" && segment.role === "features") name = "build-features";
    else if (
      segment.role === "features" &&
      heading !== undefined &&
      several &&
      !PHASE_WORDS.has(heading) &&
      !LOOKING_AROUND.test(heading)
    )
      name = heading;
    else if (several && qualifier !== undefined) name = `${phase}-${qualifier}`;
    return {
      name: unique(name.slice(0, 40).replace(/-+$/, ""), used),
      summary: summaryOf(segment),
    };
  });
}

/** `## 3. Cleaning the data` → `cleaning-data`; `undefined` when nothing readable is left. */
function headingWords(heading: string): string | undefined {
  const words = heading
    .toLowerCase()
    .replace(/[^a-z0-9 ]+/g, " ")
    .split(/\s+/)
    .filter((word) => /[a-z]/.test(word) && !FILLERS.has(word));
  return words.length === 0 ? undefined : kebab(words.slice(0, 3).join("-"));
}

/** What trains: the model's class, or that there are several. What wraps another model (a pipeline, a search) does not count beside it. */
function modelClass(segment: Segment): string | undefined {
  const made = new Set<string>();
  let fitted: string | undefined;
  for (const { calls } of segment.statements) {
    const constructors = calls.filter(isModelConstructor);
    for (const call of constructors) {
      const wraps = constructors.some(
        ({ span }) => span.start > call.span.start && span.end < call.span.end,
      );
      if (!wraps && call.callee !== undefined) made.add(call.callee);
    }
    const fit = calls.find((call) => isModelFitCall(call) && call.receiverType !== undefined);
    fitted ??= fit?.receiverType;
  }
  if (made.size > 1) return "models";
  const [only] = made;
  const named = only ?? fitted;
  return named === undefined ? undefined : kebab(named.split(".").at(-1) ?? "");
}

function summaryOf(segment: Segment): string {
  if (segment.heading !== undefined && PHASE_WORDS.has(headingWords(segment.heading) ?? ""))
    return SUMMARY[segment.role];
  const text = segment.heading
    ?.replace(/^[\s\d.)#*-]+/, "")
    .replace(/[*_`]/g, "")
    .trim();
  return text === undefined || text === ""
    ? SUMMARY[segment.role]
    : `${SUMMARY[segment.role]} (${text})`;
}
