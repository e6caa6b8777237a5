/** What `mlops inspect --json` prints as `result`. */
import { z } from "zod";
import { StoredPlan } from "../pipeline/plan-schema.ts";
import type { JsonSchema } from "./json-schema.ts";

const Names = z.array(z.string());
const Span = z.strictObject({ start: z.int().min(0), end: z.int().min(0) });

/** A cell; `path` is its notebook's, where there are several files. */
const CellAddress = z.strictObject({
  path: z.string().exactOptional(),
  cell: z.int().min(1),
});
export type CellAddress = z.infer<typeof CellAddress>;

/** A statement by its cell and its line in the cell. */
const Address = z.strictObject({ ...CellAddress.shape, line: z.int().min(1) });
export type Address = z.infer<typeof Address>;

const Literal = z.strictObject({
  kind: z.enum(["int", "float", "string", "bool", "none"]),
  value: z.union([z.number(), z.string(), z.boolean(), z.null()]),
  span: Span,
});

const Import = z.strictObject({
  /** The name it binds; `*` for all. */
  name: z.string(),
  module: z.string(),
  member: z.string().exactOptional(),
  /** Dots of a relative import. */
  level: z.int().min(0),
});

const Mutation = z.strictObject({
  name: z.string(),
  because: z.string(),
  certain: z.boolean(),
  /** The name it was changed through, where the name itself may only share memory with that. */
  through: z.string().exactOptional(),
});

const Access = z.enum(["read", "write", "read-write"]);

const Ambient = z.strictObject({
  resource: z.enum([
    "random:python",
    "random:numpy",
    "random:other",
    "file",
    "options",
    "plot-options",
    "environment",
    "working-directory",
    "module-path",
    "module-attribute",
    "library",
    "warnings",
    "stdout",
    "figure",
    "network",
    "subprocess",
    "clock",
    "input",
  ]),
  access: Access,
  detail: z.string().exactOptional(),
  because: z.string(),
  seeds: z.literal(true).exactOptional(),
});

const Dynamic = z.strictObject({
  kind: z.enum([
    "exec",
    "eval",
    "globals",
    "star-import",
    "setattr",
    "monkeypatch",
    "added-method",
    "text-in-function",
    "top-level-await",
    "get-ipython",
    "own-place",
    "finalizer",
  ]),
  text: z.string(),
  span: Span,
});

const Random = z.strictObject({
  generator: z.enum(["python", "numpy", "other", "own"]),
  does: z.enum(["seeds", "draws"]),
  /** Whether what is drawn is known to be the same in every run. */
  seeded: z.boolean(),
  /** The statement that seeded a state of the whole process. */
  seededBy: Address.exactOptional(),
  because: z.string(),
});

const Call = z.strictObject({
  span: Span,
  callee: z.string().exactOptional(),
  receiver: z.string().exactOptional(),
  method: z.string().exactOptional(),
  receiverType: z.string().exactOptional(),
  arguments: z.array(
    z.strictObject({
      keyword: z.string().exactOptional(),
      name: z.string().exactOptional(),
      literal: Literal.exactOptional(),
      span: Span,
    }),
  ),
  repeated: z.boolean(),
});

const Definition = z.strictObject({
  name: z.string(),
  kind: z.enum(["function", "async-function", "class"]),
  parameters: Names,
  freeReads: Names,
  globalWrites: Names,
  mutatesGlobals: z.array(Mutation),
  mutatesParameters: Names,
  isGenerator: z.boolean(),
});

const Statement = z.strictObject({
  /** Position in its cell, from 0. */
  index: z.int().min(0),
  line: z.int().min(1),
  endLine: z.int().min(1),
  /** Offsets in the cell's text as Python. */
  span: Span,
  kind: z.enum([
    "import",
    "definition",
    "assignment",
    "augmented-assignment",
    "expression",
    "if",
    "for",
    "while",
    "with",
    "try",
    "match",
    "delete",
    "assert",
    "raise",
    "pass",
    "other",
  ]),
  reads: Names,
  /** Those of `reads` that it may read before it has surely written them itself. */
  readsBeforeWrite: Names,
  surelyWrites: Names,
  mayWrite: Names,
  deletes: Names,
  mutations: z.array(Mutation),
  aliases: z.array(z.strictObject({ name: z.string(), of: z.string() })),
  /** By name that it binds, the type of its value, when known. */
  types: z.record(z.string(), z.string()),
  imports: z.array(Import),
  definition: Definition.exactOptional(),
  calls: z.array(Call),
  ambient: z.array(Ambient),
  random: z.array(Random),
  dynamic: z.array(Dynamic),
  constant: z.strictObject({ name: z.string(), literal: Literal }).exactOptional(),
  isBareExpression: z.boolean(),
});

const CellFacts = z.strictObject({
  ...CellAddress.shape,
  /** Its first line that is not empty. */
  begins: z.string(),
  /** false where it is no Python, so that nothing is known. */
  isRead: z.boolean(),
  /** Names that it may read before it has surely written them. */
  reads: Names,
  writes: z.array(
    z.strictObject({
      name: z.string(),
      type: z.string().exactOptional(),
      /** Whether every way through the cell binds it. */
      sure: z.boolean(),
    }),
  ),
  deletes: Names,
  /** Values that it changes in place, those that it made itself among them. */
  mutations: z.array(
    z.strictObject({ name: z.string(), because: Names, certain: z.boolean(), through: Names }),
  ),
  imports: z.array(Import),
  files: z.array(
    z.strictObject({ access: Access, path: z.string().exactOptional(), because: z.string() }),
  ),
  random: z.array(Random),
  /** Other state outside variables. */
  ambient: z.array(Ambient),
  dynamic: z.array(Dynamic),
  statements: z.array(Statement),
});
export type CellFacts = z.infer<typeof CellFacts>;
export type StatementRecord = CellFacts["statements"][number];
export type RandomRecord = z.infer<typeof Random>;

const Edge = z.strictObject({
  from: Address,
  to: Address,
  name: z.string(),
  kind: z.enum(["value", "mutation", "alias", "ambient"]),
  /** A sentence: `reads df, changed in place by cell 3: df.dropna(…)`. */
  reason: z.string(),
});
export type Edge = z.infer<typeof Edge>;

const CellEdge = z.strictObject({ from: CellAddress, to: CellAddress, reasons: Names });
export type CellEdge = z.infer<typeof CellEdge>;

const Sliced = z.strictObject({ ...Address.shape, source: z.string() });
export type Sliced = z.infer<typeof Sliced>;

const Dependence = z.enum([
  "target",
  "random",
  "table",
  "label",
  "fitted-per-key",
  "fitted",
  "row-filter",
  "schema",
  "row",
]);

/** A statement on the way from the raw table to the matrix. */
const FeatureStatement = z.strictObject({
  ...Address.shape,
  /** Its first line. */
  text: z.string(),
  /** The class that decides how it is served; `null` where no row is part of it, or where it was not read. */
  class: Dependence.nullable(),
  /** All of its classes, that one first. */
  classes: z.array(Dependence),
  /** Fields of the state that are learned in it. */
  fields: Names,
  /** `refused` stands in the way of serving; what comes after it was not looked at. */
  state: z.enum(["read", "refused", "not-read"]),
});
export type FeatureStatement = z.infer<typeof FeatureStatement>;

/** Why the features cannot be split, and what would help. */
const Refusal = z.strictObject({
  ...Address.partial().shape,
  code: z.string(),
  message: z.string(),
  hint: z.string(),
  /** Columns that may be declared; absent where no declaration helps. */
  candidates: z.strictObject({ entity: Names, time: Names }).exactOptional(),
});

const Features = z.strictObject({
  phase: z.literal("features"),
  /** Variable of the served model; absent where the notebook has none. */
  model: z.string().exactOptional(),
  /** What pipeline.yaml declares of it. */
  declared: z
    .strictObject({ path: z.string(), entity: Names, time: z.string().nullable() })
    .exactOptional(),
  statements: z.array(FeatureStatement),
  /** What is learned and kept; none where the features are refused. */
  fields: z.array(z.strictObject({ name: z.string(), type: z.string(), source: z.string() })),
  /** Column whose rows answers are for; absent where they are for single rows. */
  entity: z.string().exactOptional(),
  /** What features look at before a row; absent where they look at nothing. */
  history: z
    .strictObject({ entity: Names, time: z.string(), window: z.int().min(0).nullable() })
    .exactOptional(),
  refusal: Refusal.exactOptional(),
  text: z.string(),
});
export type Features = z.infer<typeof Features>;

/** The same as text for people. */
const text = z.string();

/** One of the views. */
export const InspectResult = z.discriminatedUnion("phase", [
  z.strictObject({ phase: z.literal("facts"), cells: z.array(CellFacts), text }),
  z.strictObject({
    phase: z.literal("graph"),
    /** Between cells, by the later one. */
    cellEdges: z.array(CellEdge),
    /** Between statements, within a cell too. */
    edges: z.array(Edge),
    text,
  }),
  z.strictObject({
    phase: z.literal("slice"),
    /** Lines that a notebook does without and a script needs first. */
    preamble: Names,
    statements: z.array(Sliced),
    text,
  }),
  Features,
  /** Without a plan the diagnostics say why. */
  z.strictObject({ phase: z.literal("plan"), plan: StoredPlan.optional(), text }),
]);
export type InspectResult = z.infer<typeof InspectResult>;

/** JSON Schema of the result of `mlops inspect`. */
export function inspectResultSchema(): JsonSchema {
  // What is printed is what the schema of a plan takes in.
  return { ...z.toJSONSchema(InspectResult, { io: "input" }) };
}
