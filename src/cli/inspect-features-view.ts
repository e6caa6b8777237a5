/** What staging knows of the features, as `mlops inspect --phase features --json` prints it, without its text. */
import type { FeatureInspection } from "../app/inspect-features.ts";
import type { DeclaredServing } from "../app/read-declared-serving.ts";
import { entityColumns } from "../contract/entity-columns.ts";
import type { NotebookProgram } from "../pipeline/notebook-program.ts";
import type { Features } from "./inspect-schema.ts";
import { addressOfCell } from "./inspect-views.ts";

/** With the cells' numbers in their own notebooks. */
export function viewFeatures(
  { model, statements, staging, refusal }: FeatureInspection,
  program: NotebookProgram,
  declared: DeclaredServing | undefined,
): Omit<Features, "text"> {
  const { entity, history } = staging ?? {};
  return {
    phase: "features",
    ...(model === undefined ? {} : { model }),
    ...(declared === undefined
      ? {}
      : {
          declared: {
            path: declared.path,
            entity: [...entityColumns(declared.serving.entity)],
            time: declared.serving.time ?? null,
          },
        }),
    statements: statements.map(({ cell, line, text, classes, fields, state }) => ({
      ...addressOfCell(program, cell),
      line,
      text,
      class: classes[0] ?? null,
      classes: [...classes],
      fields: [...fields],
      state,
    })),
    fields: (staging?.state ?? []).map(({ name, type, source }) => ({ name, type, source })),
    ...(entity === undefined ? {} : { entity: entity.column }),
    ...(history === undefined
      ? {}
      : {
          history: {
            entity: [...history.entity],
            time: history.time,
            window: history.window ?? null,
          },
        }),
    ...(refusal === undefined ? {} : { refusal: viewRefusal(refusal, program) }),
  };
}

function viewRefusal(
  { code, message, hint, where, candidates }: NonNullable<FeatureInspection["refusal"]>,
  program: NotebookProgram,
): NonNullable<Features["refusal"]> {
  return {
    ...(where.cell === undefined ? {} : addressOfCell(program, where.cell)),
    ...(where.line === undefined ? {} : { line: where.line }),
    code,
    message,
    hint,
    ...(candidates === undefined
      ? {}
      : { candidates: { entity: [...candidates.entity], time: [...candidates.time] } }),
  };
}
