/** The head of a step's function: inputs and parameters in, outputs back, typed as the run showed them. */
import { pythonName } from "../base/python-name.ts";
import type { Artifact, Parameter, Plan, Step } from "../pipeline/plan.ts";
import type { ImportLine } from "../python/render-imports.ts";
import { type Annotation, annotationOf } from "./annotations.ts";
import { parameterLiteral } from "./python-text.ts";

const INDENT = "    ";

/** The head of a step's function. */
export interface Signature {
  readonly text: string;
  readonly needs: readonly ImportLine[];
  /** Annotations of what it is given and gives, by variable. */
  readonly types: ReadonlyMap<string, string>;
}

/** Inputs by position, parameters with their values, and what comes back. */
export function buildSignature(
  parts: {
    readonly step: Step;
    readonly inputs: readonly Artifact[];
    readonly parameters: readonly Parameter[];
    readonly outputs: readonly Artifact[];
    /** true where annotations are evaluated, and names imported for type checkers alone are not there. */
    readonly quoted: boolean;
  },
  taken: ReadonlySet<string>,
): Signature {
  const needs: ImportLine[] = [];
  const note = ({ needs: needed, text: written }: Annotation): string => {
    if (needed === undefined) return written;
    needs.push(needed);
    return parts.quoted && needed.module !== "typing" ? JSON.stringify(written) : written;
  };
  // A name that is imported for this very annotation is not "taken" by the notebook's own import of the same thing.
  const hidden = new Set(
    [...taken].filter((name) => name !== "pd" && name !== "np" && !/^[A-Z]/.test(name)),
  );
  const typeOf = (artifact: Artifact): string =>
    note(annotationOf(artifact.variables.length === 1 ? artifact.type : undefined, hidden));
  // Two versions of a variable may come along in groups; the newer one, which is later, counts.
  const types = new Map<string, string>();
  for (const artifact of parts.inputs)
    for (const variable of artifact.variables) types.set(variable, typeOf(artifact));
  const positional = [...types].map(([variable, type]) => `${variable}: ${type}`);
  const keyword = parts.parameters.map(
    (parameter) =>
      `${parameter.variable}: ${PYTHON_TYPES[parameter.type]} = ${parameterLiteral(parameter)}`,
  );
  for (const { variable, type } of parts.parameters) types.set(variable, PYTHON_TYPES[type]);
  const returns = parts.outputs.flatMap((artifact) =>
    artifact.variables.map((variable) => {
      const type = typeOf(artifact);
      if (!types.has(variable)) types.set(variable, type);
      return type;
    }),
  );
  const returned = returnType(returns);
  const all = [...positional, ...keyword];
  const oneLine = `def ${pythonName(parts.step.name)}(${all.join(", ")}) -> ${returned}:`;
  const text =
    oneLine.length <= 88 || all.length === 0
      ? oneLine
      : `def ${pythonName(parts.step.name)}(\n${all.map((item) => `${INDENT}${item},`).join("\n")}\n) -> ${returned}:`;
  return { text, needs, types };
}

const PYTHON_TYPES: Readonly<Record<Parameter["type"], string>> = {
  int: "int",
  float: "float",
  string: "str",
  bool: "bool",
};

/** The annotation of a function that gives values of these types. */
export function returnType(types: readonly string[]): string {
  if (types.length === 0) return "None";
  return types.length === 1 ? (types[0] ?? "Any") : `tuple[${types.join(", ")}]`;
}

/** Artifacts of this name: one, or none. */
export function artifactNamed(plan: Plan, name: string): readonly Artifact[] {
  return plan.artifacts.filter((artifact) => artifact.name === name);
}
