/**
 * What the observer (`templates/python/observer.py`) is asked and what it answers.
 * Both sides of this protocol are tested against `test/fixtures/contracts/observation.*.json`.
 */
import { z } from "zod";
import { Digest } from "../base/digest-schema.ts";

/** One statement as sent to the observer; `line` is where it starts in the cell (1-based). */
export const ObservedStatementInput = z.strictObject({
  index: z.int().min(0),
  line: z.int().min(1),
  code: z.string(),
  /** true for the last line of a cell, whose value the notebook shows: the run tells the text of it. */
  shows: z.literal(true).optional(),
  /** Scripts that it imports in the place of `%run`; the run executes both and compares what they bind. */
  insteadOf: z.array(z.strictObject({ path: z.string(), code: z.string() })).optional(),
});
export type ObservedStatementInput = z.infer<typeof ObservedStatementInput>;

/** A value to store right after a statement of the reference run. */
export const Capture = z.strictObject({
  artifact: z.string(),
  variables: z.array(z.string()).min(1),
  after: z.strictObject({ cell: z.int().min(1), index: z.int().min(0) }),
});
export type Capture = z.infer<typeof Capture>;

export const ObserveRequest = z.strictObject({
  /** Shown in tracebacks: `churn.ipynb`. */
  notebook: z.string(),
  /** Absolute path of the scratch copy of the notebook's folder; the run's working directory and, with those above, the only place it may write. */
  root: z.string(),
  /** How many folders above the root were copied with it, because its data stand there; none when left out. */
  above: z.int().min(1).optional(),
  /** Absolute folder that stands for the project, where less than all of it was copied: what is asked for above is told. */
  project: z.string().optional(),
  /** Absolute folder that holds copies of the project's own modules; imports find them first. */
  modules: z.string().optional(),
  cells: z.array(
    z.strictObject({
      cell: z.int().min(1),
      statements: z.array(ObservedStatementInput),
      /** Names the analysis expects this cell to bind or change; a change of any other name is a hidden mutation. */
      expectedChanges: z.array(z.string()),
      /** Where the cell comes from when that is another file than `notebook`; shown in tracebacks. */
      file: z.string().optional(),
      /** Set for a Python file that `%run` runs. */
      script: z
        .strictObject({
          /** Relative to the root. */
          path: z.string(),
          arguments: z.array(z.string()).min(1),
          /** Its `__name__`. */
          name: z.string(),
          /** true where it has variables of its own, which are copied into the notebook's when it has ended. */
          isSeparate: z.boolean(),
        })
        .optional(),
      /** true for what runs in one go with the cell before it. */
      continues: z.boolean().optional(),
    }),
  ),
  /** Values to store; empty in the first (observing) run. */
  captures: z.array(Capture),
  /** Folder of the content-addressed store; needed when there are captures. */
  store: z.string().optional(),
  /** Seed given to `random` and NumPy's global generator before the first statement. */
  seed: z.int(),
  allowNetwork: z.boolean(),
  allowWrite: z.boolean(),
});
export type ObserveRequest = z.infer<typeof ObserveRequest>;

const FileUse = z.strictObject({
  /** Relative to the root (`../data/raw.csv` in a folder above that was copied with it), else absolute. */
  path: z.string(),
  /** `sha256:…` after the statement; null when it no longer exists, is a folder above that was listed, or was not copied. */
  sha256: Digest.nullable(),
});

export const StatementError = z.strictObject({
  type: z.string(),
  message: z.string(),
  /** 1-based line in the cell where the exception left the notebook's own code. */
  line: z.int().min(1),
  /** Set for ModuleNotFoundError. */
  module: z.string().nullable(),
});

/** One executed statement. */
export const StatementObservation = z.strictObject({
  kind: z.literal("statement"),
  cell: z.int(),
  index: z.int(),
  wallMs: z.number(),
  /** Printed text (stdout), whole. */
  text: z.string(),
  /** What the notebook would show of its value; null where it shows nothing, absent where that was not asked. */
  shown: z.string().nullable().optional(),
  randomPython: z.boolean(),
  randomNumpy: z.boolean(),
  filesRead: z.array(FileUse),
  filesWritten: z.array(FileUse),
  /** Paths from the root that it asked for above what was copied of the project; absent where there are none. */
  above: z.array(z.string()).optional(),
  /** Addresses it tried to reach. */
  network: z.array(z.string()),
  /** Commands it started; what those do is not observed. */
  subprocesses: z.array(z.string()).optional(),
  environmentChanged: z.array(z.string()),
  workingDirectoryChanged: z.boolean(),
  optionsChanged: z.array(z.string()),
  /** Values of the settings that it changed, by name (`pandas:display.width`, `environ:TZ`), as `settings_in_force.py` tells them; null for one that is gone. */
  settings: z.record(z.string(), z.string().nullable()).optional(),
  figures: z.int(),
  metrics: z.array(
    z.strictObject({
      name: z.string(),
      value: z.number().or(z.enum(["NaN", "Infinity", "-Infinity"])),
    }),
  ),
  error: StatementError.nullable(),
});
export type StatementObservation = z.infer<typeof StatementObservation>;

/** A live value after a cell. */
export const ValueObservation = z.strictObject({
  name: z.string(),
  /** Qualified type: `pandas.core.frame.DataFrame`. */
  type: z.string(),
  /** Digest of the pickled value; null when it cannot be pickled. */
  digest: z.string().nullable(),
  /** Size of the pickle; of a large one about that, with what a part that is met again would save. */
  bytes: z.int().nullable(),
  pickleError: z.string().nullable(),
  /** The notebook's own classes and functions that its pickle names: another process must have them under these names. */
  definedHere: z.array(z.string()).optional(),
  /** `1000 × 21`, `len 7`: for people. */
  shape: z.string().nullable(),
  /** Names of a table's columns in their order, where they are texts and not very many. */
  columns: z.array(z.string()).optional(),
  /** Names (of live values) that share mutable objects with this one. */
  sharesWith: z.array(z.string()),
});
export type ValueObservation = z.infer<typeof ValueObservation>;

/** State after one cell: values bound or changed by it. */
export const CellObservation = z.strictObject({
  kind: z.literal("cell"),
  cell: z.int(),
  values: z.array(ValueObservation),
  /** Changed although the analysis did not expect it. */
  hiddenMutations: z.array(z.string()),
  wallMs: z.number(),
  peakRssBytes: z.int(),
});
export type CellObservation = z.infer<typeof CellObservation>;

/** A stored value of the reference run. */
export const CaptureObservation = z.strictObject({
  kind: z.literal("capture"),
  artifact: z.string(),
  digest: Digest.nullable(),
  codec: z.enum(["parquet", "npy", "json", "skops", "joblib", "pickle"]).nullable(),
  type: z.string(),
  bytes: z.int().nullable(),
  /** Why it could not be stored soundly. */
  error: z.string().nullable(),
});
export type CaptureObservation = z.infer<typeof CaptureObservation>;

/** The last record: the interpreter and what was imported. */
export const EnvironmentObservation = z.strictObject({
  kind: z.literal("environment"),
  python: z.string(),
  implementation: z.string(),
  platform: z.string(),
  /** Distributions whose modules the notebook itself imported, by import name. */
  imported: z.array(
    z.strictObject({
      module: z.string(),
      distribution: z.string().nullable(),
      version: z.string().nullable(),
    }),
  ),
  /** All distributions loaded in the process, sorted by name: the environment digest is over these. */
  loaded: z.array(z.strictObject({ distribution: z.string(), version: z.string() })),
  /** Source files of imported modules that belong to no distribution: relative to the root where inside it, else absolute. */
  ownModules: z.array(z.string()).optional(),
  /** Loaded although nothing the notebook imports requires them: readers and engines that libraries pick up where they are installed. */
  chosen: z.array(z.strictObject({ distribution: z.string(), version: z.string() })).optional(),
  /** All that is installed, loaded or not, sorted by name. */
  installed: z.array(z.strictObject({ distribution: z.string(), version: z.string() })).optional(),
  /** Loaded distributions that came from elsewhere than a package index; folders of the machine are not named. */
  sources: z
    .array(
      z.strictObject({
        distribution: z.string(),
        kind: z.enum(["vcs", "archive", "folder"]),
        reference: z.string().nullable(),
      }),
    )
    .optional(),
  wallMs: z.number(),
});
export type EnvironmentObservation = z.infer<typeof EnvironmentObservation>;

export const ObservationRecord = z.discriminatedUnion("kind", [
  StatementObservation,
  CellObservation,
  CaptureObservation,
  EnvironmentObservation,
]);
export type ObservationRecord = z.infer<typeof ObservationRecord>;

/** A whole run as it is kept for later. */
export const StoredObservation = z.strictObject({
  statements: z.array(StatementObservation),
  cells: z.array(CellObservation),
  captures: z.array(CaptureObservation),
  environment: EnvironmentObservation.optional().transform((value) => value),
});

/** Everything one run of the notebook showed, in order. Ends early, with an error on its last statement, when a cell raised. */
export interface Observation {
  readonly statements: readonly StatementObservation[];
  readonly cells: readonly CellObservation[];
  readonly captures: readonly CaptureObservation[];
  readonly environment: EnvironmentObservation | undefined;
}
