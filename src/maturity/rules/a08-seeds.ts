/** A8: every random source is seeded, from configuration. Looks at the arguments of each call; a seed that is only printed or only set globally does not count for estimators. */

import { parameterVariable, readDeclaredSteps } from "../../pipeline/declared-steps.ts";
import type { PythonArgument, PythonCall } from "../../python/python-module.ts";
import { type RealStep, realSteps } from "../evidence.ts";
import { type EvidenceItem, fail, NO_PIPELINE, partial, pass, type Rule } from "../rule.ts";
import { GLOBAL_DRAW, GLOBAL_SEED, RANDOM_CALLS, type RandomCall } from "./randomness.ts";

export const a08: Rule = {
  id: "A8",
  section: "A",
  level: 1,
  gate: 1,
  question: "Is every random source seeded from configuration?",
  how: ["S", "X"],
  weight: 3,
  earn: {
    command:
      "give every splitter and estimator random_state=SEED in the notebook, then mlops promote it again",
    effort: 2,
  },
  check: ({ pipeline }) => {
    if (pipeline === undefined) return NO_PIPELINE;
    const steps = realSteps(pipeline);
    if (steps.length === 0) return fail("no step does anything");
    const table = pipeline.modules.get("_pipeline.py");
    const declared = table === undefined ? [] : readDeclaredSteps(table);
    const seeded: EvidenceItem[] = [];
    let literal: EvidenceItem | undefined;
    let globalSeed = false;
    for (const real of steps) {
      const parameters = new Set(
        real.step.params.map((name) =>
          parameterVariable(
            declared.find((one) => one.name === real.step.name),
            name,
          ),
        ),
      );
      for (const call of real.function.calls) {
        if (GLOBAL_SEED.test(call.callee)) {
          globalSeed = true;
          if (!isParameter(call.arguments[0], parameters))
            literal ??= itemOf(real, call, "seed is a literal");
        }
        const source = RANDOM_CALLS.find(
          (one) => one.callee.test(call.callee) && isActive(one, call),
        );
        if (source === undefined) {
          if (GLOBAL_DRAW.test(call.callee) && !globalSeed)
            return fail(`${call.callee} draws from a generator that nothing seeded before`, [
              itemOf(real, call, "not seeded"),
            ]);
          continue;
        }
        const seed = seedOf(source, call);
        if (seed === undefined || seed.kind === "none")
          return fail(
            `${call.callee} has no ${source.seed === "first-argument" ? "seed" : source.seed}`,
            [itemOf(real, call, "not seeded")],
          );
        if (isParameter(seed, parameters))
          seeded.push(itemOf(real, call, `${source.seed}=${seed.text}`));
        else if (seed.kind === "number")
          literal ??= itemOf(real, call, `${source.seed}=${seed.text} is a literal`);
        else seeded.push(itemOf(real, call, `${source.seed}=${seed.text}`));
      }
    }
    if (literal !== undefined)
      return partial(2, "every random source is seeded, but not every seed is a parameter", [
        literal,
        ...seeded.slice(0, 2),
      ]);
    if (seeded.length === 0 && !globalSeed)
      return pass(3, "no step calls anything that is known to draw random numbers");
    return pass(
      3,
      `${String(seeded.length)} random calls are seeded from parameters`,
      seeded.slice(0, 3),
    );
  },
};

function isActive(source: RandomCall, call: PythonCall): boolean {
  if (source.onlyWith === undefined) return true;
  const argument = call.arguments.find((one) => one.keyword === source.onlyWith);
  return argument !== undefined && argument.text !== "False";
}

function seedOf(source: RandomCall, call: PythonCall): PythonArgument | undefined {
  if (source.seed === "first-argument") return call.arguments[0];
  return call.arguments.find(
    (one) =>
      one.keyword === source.seed ||
      (source.seed === "random_state" && one.keyword === "random_seed"),
  );
}

function isParameter(
  argument: PythonArgument | undefined,
  parameters: ReadonlySet<string>,
): boolean {
  return argument !== undefined && argument.kind === "name" && parameters.has(argument.text);
}

function itemOf(real: RealStep, call: PythonCall, what: string): EvidenceItem {
  return {
    text: `${call.callee.split(".").at(-1) ?? call.callee}: ${what}`,
    path: real.module.path,
    line: call.line,
  };
}
