/** A staging → the Python files of the serving half. The user's lines are moved, with the edits staging made; everything around them is ours. */
import { fillHoles } from "../base/fill-holes.ts";
import { type ImportLine, renderImports } from "../python/render-imports.ts";
import { renderDecode, renderOutputs, renderRemark } from "./answer/render-answer.ts";
import {
  historyImports,
  plainSupport,
  renderHistoryState,
  renderHistoryTransform,
  renderSeries,
} from "./history/render-history.ts";
import { type DescribeCell, renderBody } from "./render-lines.ts";
import type { FeatureStaging, MatrixSource, StagedLines } from "./staging.ts";
import { renderStepCalls, renderStepImports } from "./step-lines/render-learn.ts";
import { NO_STEP_LINES, type StepLines } from "./step-lines/step-lines.ts";
import { ENTITY_SUPPORT, STATISTICS_SUPPORT, supportModule } from "./support-names.ts";

/** Texts of `templates/python/features/`. */
export interface FeatureTemplates {
  /** `feature_support.py` */
  readonly support: string;
  /** `feature_statistics.py` */
  readonly statistics: string;
  /** `feature_history.py` */
  readonly history: string;
  /** `entity_support.py` */
  readonly entities: string;
  /** `predict.py` */
  readonly predict: string;
  /** `test_features.py` */
  readonly test: string;
  /** `test_history.py`, which tests features that look at earlier rows. */
  readonly historyTest: string;
  /** `test_entity_features.py`, in its place where entities are served. */
  readonly entityTest: string;
}

/** What the files are called after. */
export interface FeatureFilesRequest {
  /** Name of the pipeline: `churn`. */
  readonly pipeline: string;
  /** Python package: `churn`. */
  readonly packageName: string;
  /** Name of the notebook's file; of several all names. */
  readonly notebook: string;
  /** A cell as people find it: `churn.ipynb, cell 4`. */
  readonly describeCell: DescribeCell;
  readonly templates: FeatureTemplates;
  /** Lines of `learn` that stand in the steps; none when left out. */
  readonly stepLines?: StepLines;
}

/** Path in the pipeline's folder → text. `<package>` stands for the package's folder. */
export type FeatureFiles = Readonly<Record<string, string>>;

/** Renders `features.py`, its support, `predict.py` and the generated tests, by path relative to the pipeline's folder. */
export function generateFeatureFiles(
  staging: FeatureStaging,
  request: FeatureFilesRequest,
): FeatureFiles {
  const { packageName, pipeline, templates } = request;
  const { notebook } = request;
  return {
    [`${packageName}/_feature_support.py`]: templates.support,
    ...(staging.support.some((name) => STATISTICS_SUPPORT.has(name))
      ? { [`${packageName}/_feature_statistics.py`]: templates.statistics }
      : {}),
    ...(staging.history === undefined
      ? {}
      : { [`${packageName}/_feature_history.py`]: templates.history }),
    ...(staging.entity === undefined
      ? {}
      : { [`${packageName}/_entity_support.py`]: templates.entities }),
    [`${packageName}/features.py`]: renderFeatures(staging, request),
    [`${packageName}/predict.py`]: fillHoles(templates.predict, {
      PIPELINE: pipeline,
      NOTEBOOK: notebook,
      ANSWER: staging.answer.kind,
      OUTPUTS: renderOutputs(staging.answer),
      DECODE: renderDecode(staging.answer),
      REMARK: renderRemark(staging.answer),
    }),
    "tests/test_features.py": fillHoles(testTemplate(staging, templates), {
      PIPELINE: pipeline,
      PACKAGE: packageName,
      LABELS: `[${staging.answer.madeUpLabels.join(", ")}]`,
    }),
  };
}

/** The tests that fit what is served: rows, rows with a history, or entities. */
function testTemplate({ history, entity }: FeatureStaging, templates: FeatureTemplates): string {
  if (history !== undefined) return templates.historyTest;
  return entity === undefined ? templates.test : templates.entityTest;
}

type Titles = Pick<FeatureFilesRequest, "pipeline" | "notebook" | "describeCell" | "stepLines">;

function renderFeatures(staging: FeatureStaging, titles: Titles): string {
  const unserved = staging.needed.kind === "all-but" ? staging.needed.names : [];
  const { onlyInSteps } = titles.stepLines ?? NO_STEP_LINES;
  const shared = staging.shared.filter((lines) => !onlyInSteps.includes(lines));
  const code = [
    `LABEL = ${staging.label === undefined ? "None" : pythonString(staging.label)}`,
    "# Raw columns that serving does not look at; requests need not bring them.",
    `UNSERVED: tuple[str, ...] = (${unserved.map((name) => `${pythonString(name)},`).join(" ")})`.replace(
      /,\)$/u,
      unserved.length === 1 ? ",)" : ")",
    ),
    "# What a category does that training never showed.",
    `UNSEEN: Unseen = "${staging.unseen}"`,
    ...(staging.history === undefined ? [] : renderSeries(staging.history)),
    ...(staging.entity === undefined
      ? []
      : [
          "# Whose rows they are: a request brings all rows of each, and the answer is the same for all of them.",
          `ENTITY = ${pythonString(staging.entity.column)}`,
        ]),
    ...renderShared(shared, titles.describeCell),
    "",
    "",
    ...renderState(staging),
    "",
    "",
    ...renderLearn(staging, titles),
    "",
    "",
    ...renderTransform(staging, titles.describeCell),
    "",
    "",
    ...(staging.history === undefined ? renderPlainState() : renderHistoryState()),
  ];
  const head = [
    `"""Features of the ${titles.pipeline} model: \`fit\` learns from the training table, \`transform\` computes the same for any rows.`,
    "",
    `Made by mlops from ${titles.notebook}: the lines below a cell's number are the notebook's own. In \`transform\` what is learned from the whole table is`,
    "read from the state, and what only concerns rows or columns that no request brings is left out. Edits are kept when the notebook is promoted again.",
    '"""',
    "",
    renderImports(usedIn(code, importsOf(staging))),
    "",
  ];
  return [...head, ...code].join("\n");
}

/** Imports that the code mentions: what only the lines of steps use is imported there. */
function usedIn(code: readonly string[], imports: readonly ImportLine[]): readonly ImportLine[] {
  const lines = code.flatMap((part) => part.split("\n"));
  const text = lines.filter((line) => !/^\s*#/u.test(line)).join("\n");
  return imports.filter(
    ({ module, name }) => module === "__future__" || new RegExp(`\\b${name}\\b`, "u").test(text),
  );
}

function renderPlainState(): readonly string[] {
  return [
    "def save_state(state: FeatureState, directory: Path) -> None:",
    '    """Writes the state; plain values as JSON."""',
    "    save_fields(vars(state), directory)",
    "",
    "",
    "def load_state(directory: Path) -> FeatureState:",
    '    """Reads a saved state. Loading runs code that is in the bytes: check their digests first."""',
    "    return FeatureState(**load_fields(directory))",
    "",
  ];
}

function importsOf(staging: FeatureStaging): readonly ImportLine[] {
  const support = [
    ...(staging.entity === undefined ? ["TrainingMatrix"] : []),
    "Unseen",
    "column_types",
    "layout",
    "load_fields",
    "pinned",
    ...(staging.history === undefined && staging.entity === undefined ? ["row_labels"] : []),
    "save_fields",
    ...(staging.history === undefined ? [] : ["raw_rows"]),
    ...plainSupport(staging).filter((name) => !ENTITY_SUPPORT.has(name)),
  ];
  const forEntities =
    staging.entity === undefined
      ? []
      : [
          "EntityMatrix",
          "entity_labels",
          "of_each_row",
          ...staging.support.filter((name) => ENTITY_SUPPORT.has(name)),
        ];
  const needsCopy = staging.fit.some(({ text }) => text.includes("copy.deepcopy("));
  const own: ImportLine[] = [
    { module: "__future__", member: "annotations", name: "annotations" },
    { module: "dataclasses", member: "dataclass", name: "dataclass" },
    { module: "pathlib", member: "Path", name: "Path" },
    { module: "typing", member: "Any", name: "Any" },
    { module: "pandas", member: undefined, name: "pd" },
    ...(needsCopy ? [{ module: "copy", member: undefined, name: "copy" }] : []),
    ...[...new Set(support)].map((name) => ({ module: supportModule(name), member: name, name })),
    ...historyImports(staging).map((name) => ({ module: "._feature_history", member: name, name })),
    ...forEntities.map((name) => ({ module: "._entity_support", member: name, name })),
  ];
  const all = [...own];
  for (const used of staging.imports) {
    if (
      !all.some(
        ({ module, member, name }) =>
          module === used.module && member === used.member && name === used.name,
      )
    )
      all.push(used);
  }
  return all;
}

function renderShared(
  shared: readonly StagedLines[],
  describeCell: DescribeCell,
): readonly string[] {
  const out: string[] = [];
  let cell: number | undefined;
  for (const lines of shared) {
    const isDefinition = /^(?:#[^\n]*\n)*(?:@|def )/u.test(lines.text);
    if (isDefinition) out.push("", "");
    else if (lines.cell !== cell) out.push("");
    out.push(`# ${describeCell(lines.cell)}`, lines.text);
    cell = lines.cell;
  }
  return out;
}

function renderState(staging: FeatureStaging): readonly string[] {
  return [
    "@dataclass",
    "class FeatureState:",
    '    """What `fit` learned from the training table."""',
    "",
    "    # Columns of the raw table and their types.",
    "    raw_types: dict[str, str]",
    ...(staging.history === undefined
      ? []
      : ["    # Earlier raw rows, the predicted column included.", "    history: Earlier"]),
    ...staging.state.flatMap(({ name, type, source }) => [
      `    # ${source}`,
      `    ${name}: ${type}`,
    ]),
    "    # Columns and types of the features, when they are a table.",
    "    feature_layout: dict[str, str] | None",
  ];
}

function renderLearn(
  staging: FeatureStaging,
  { describeCell, stepLines }: Titles,
): readonly string[] {
  const { frameName } = staging;
  const { runs } = stepLines ?? NO_STEP_LINES;
  const matrixType = staging.entity === undefined ? "TrainingMatrix" : "EntityMatrix";
  const fields = [
    `raw_types=column_types(${frameName}),`,
    ...(staging.history === undefined ? [] : [`history=${staging.history.variable},`]),
    ...staging.state.map(({ name }, index) => `${name}=${staging.stateValues[index] ?? name},`),
    `feature_layout=layout(${staging.result.fitText}),`,
  ];
  return [
    ...renderHead("fit", staging, "FeatureState"),
    '    """Learns the state from the training table."""',
    `    return learn(${[frameName, ...staging.parameters.map(({ variable }) => `${variable}=${variable}`)].join(", ")})[0]`,
    "",
    "",
    ...renderHead("learn", staging, `tuple[FeatureState, dict[str, ${matrixType}]]`),
    '    """The state, and the matrices the notebook gives its model, by their names there."""',
    ...renderStepImports(runs),
    ...(staging.history === undefined
      ? []
      : [`    ${staging.history.variable} = learn_history(${frameName}, SERIES)`]),
    ...renderStepCalls(staging.fit, runs, describeCell),
    "    return (",
    "        FeatureState(",
    ...fields.map((field) => `            ${field}`),
    "        ),",
    "        {",
    ...staging.matrices.map((matrix) => `            ${renderMatrix(matrix, staging)},`),
    "        },",
    "    )",
  ];
}

/** A function of the training table; what a run may change are keywords. */
function renderHead(
  name: string,
  { frameName, parameters }: FeatureStaging,
  result: string,
): readonly string[] {
  if (parameters.length === 0) return [`def ${name}(${frameName}: pd.DataFrame) -> ${result}:`];
  return [
    `def ${name}(`,
    `    ${frameName}: pd.DataFrame,`,
    "    *,",
    ...parameters.map(({ variable, type, literal }) => `    ${variable}: ${type} = ${literal},`),
    `) -> ${result}:`,
  ];
}

function renderMatrix(
  { name, text, rowLabels }: MatrixSource,
  { history, frameName, entity }: FeatureStaging,
): string {
  if (history !== undefined)
    return `${pythonString(name)}: TrainingMatrix(${text}, rows_by_time(${[frameName, "SERIES", ...rowLabels].join(", ")}))`;
  const [type, find] =
    entity === undefined
      ? ["TrainingMatrix", "row_labels("]
      : ["EntityMatrix", "entity_labels(ENTITY, "];
  return `${pythonString(name)}: ${type}(${text}, ${rowLabels.length === 0 ? "None" : `${find}${rowLabels.join(", ")})`})`;
}

function renderTransform(staging: FeatureStaging, describeCell: DescribeCell): readonly string[] {
  const { frameName, stateName, result, entity } = staging;
  const matrix = `pinned(${result.text}, ${stateName}.feature_layout)`;
  if (staging.history !== undefined)
    return renderHistoryTransform(staging, renderBody(staging.transform, describeCell));
  return [
    `def transform(${frameName}: pd.DataFrame, ${stateName}: FeatureState) -> Any:`,
    entity === undefined
      ? '    """Features of the rows, one for each, in order; the rows themselves are not changed."""'
      : '    """For each row, in order, the features of its entity, made of all rows of it that are given; these are not changed."""',
    ...renderBody(staging.transform, describeCell),
    `    return ${entity === undefined ? matrix : `of_each_row(${matrix}, ${entity.places})`}`,
  ];
}

function pythonString(text: string): string {
  return JSON.stringify(text);
}
