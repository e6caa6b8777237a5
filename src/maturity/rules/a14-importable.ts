/** A14: training logic can be imported and is free of notebook-only code: functions of bearable size, no displays, nothing that runs on import, tests that CI runs. */

import type { PythonModule } from "../../python/python-module.ts";
import { ciCommands, type PipelineEvidence, realSteps, realTests } from "../evidence.ts";
import { type EvidenceItem, fail, NO_PIPELINE, partial, pass, type Rule } from "../rule.ts";
import { itemOfCommand } from "./items.ts";

/** More statements than this in one function is a notebook in disguise. */
const LARGEST_FUNCTION = 120;

export const a14: Rule = {
  id: "A14",
  section: "A",
  level: 1,
  gate: 1,
  question: "Is training logic importable and free of notebook-only code?",
  how: ["S"],
  weight: 4,
  earn: {
    command: "mlops promote NOTEBOOK.ipynb, then mlops deploy --level 1 (runs its tests in CI)",
    effort: 2,
  },
  check: ({ project, pipeline }) => {
    if (pipeline === undefined) return NO_PIPELINE;
    const steps = realSteps(pipeline);
    if (steps.length === 0) return fail("no step has a function that does anything");
    const modules = [...new Set(steps.map((real) => real.module))];
    const broken = modules.find((module) => module.brokenAt !== undefined);
    if (broken !== undefined)
      return fail(`${broken.path} is not Python`, [
        { text: "does not parse", path: broken.path, line: broken.brokenAt ?? 1 },
      ]);
    const loose = firstOf(modules, (module) => module.looseStatements);
    if (loose !== undefined)
      return partial(1, "a step module runs code when it is imported", [loose]);
    const shown = firstOf(modules, (module) => module.notebookCode);
    if (shown !== undefined)
      return partial(2, "a step still has code that only a notebook needs", [shown]);
    const large = steps.find((real) => real.function.statements > LARGEST_FUNCTION);
    if (large !== undefined)
      return partial(
        2,
        `${large.step.name} has ${String(large.function.statements)} statements in one function`,
        [{ text: large.function.name, path: large.module.path, line: large.function.line }],
      );
    const tests = realTests(pipeline);
    const [test] = tests;
    const item: EvidenceItem = {
      text: `${String(steps.length)} step functions, largest ${String(Math.max(...steps.map((real) => real.function.statements)))} statements`,
      path: steps[0]?.module.path ?? pipeline.folder,
      line: steps[0]?.function.line ?? 1,
    };
    if (test === undefined)
      return partial(2, "no test with an assertion imports the steps", [item]);
    const tested: EvidenceItem = {
      text: `${String(tests.length)} tests with assertions`,
      path: test.module.path,
      line: test.test.line,
    };
    const command = pytestCommand(project, pipeline);
    if (command === undefined) return partial(2, "the tests are not run by CI", [item, tested]);
    return pass(3, "step functions are importable, free of notebook code, and tested in CI", [
      item,
      tested,
      command,
    ]);
  },
};

/** The command by which CI runs the pipeline's tests. */
export function pytestCommand(
  project: Parameters<typeof ciCommands>[0],
  pipeline: PipelineEvidence,
): EvidenceItem | undefined {
  const command = ciCommands(project, pipeline).find(
    (one) =>
      /(^|\s)(-m pytest|pytest)(\s|$)/.test(one.text) && !/--collect-only|--co\b/.test(one.text),
  );
  return command === undefined ? undefined : itemOfCommand(command);
}

function firstOf(
  modules: readonly PythonModule[],
  pick: (module: PythonModule) => readonly { readonly line: number; readonly text: string }[],
): EvidenceItem | undefined {
  for (const module of modules) {
    const found = pick(module)[0];
    if (found !== undefined) return { text: found.text, path: module.path, line: found.line };
  }
  return undefined;
}
