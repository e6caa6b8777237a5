/**
 * Parameters of the pipeline that the feature code uses: a run may give them other values, and what is learned then has to be learned
 * with those. `fit` takes them as keywords, and the state keeps them, so that `transform` uses those of the run.
 */
import type { Span } from "../base/text-span.ts";
import type { PythonParser } from "../python/parse.ts";
import { fieldOf, walk } from "../python/syntax.ts";
import type { PlacedParameter } from "./placed-parameter.ts";
import type { FeatureStaging, StagedLines } from "./staging.ts";

/**
 * Makes keywords of `fit` and fields of the state of those parameters that the staged lines use.
 * A constant that others are computed from, or that decodes answers, stays as the notebook has it; a run that changes it is found to
 * have other features than serving would compute.
 */
export function withParameters(
  staging: FeatureStaging,
  parameters: readonly PlacedParameter[],
  parser: PythonParser,
): FeatureStaging {
  const uses = (texts: readonly string[], { variable }: PlacedParameter): boolean =>
    texts.some((text) => identifiersOf(text, parser).some(({ name }) => name === variable));
  const fitTexts = [
    ...staging.fit.map(({ text }) => text),
    ...staging.stateValues,
    ...staging.matrices.map(({ text }) => text),
    staging.result.fitText,
  ];
  const serveTexts = [...staging.transform.map(({ text }) => text), staging.result.text];
  const decoding = staging.answer.decode.flatMap((step) =>
    step.kind === "inverse" ? [step.undo] : [],
  );
  const chosen = parameters.filter((parameter) => {
    const isConstant = parameter.places.length === 0;
    const others = staging.shared.filter((lines) => !isBinding(lines, parameter, parser));
    return (
      uses([...fitTexts, ...serveTexts], parameter) &&
      (!isConstant || others.length < staging.shared.length) &&
      !uses([...others.map(({ text }) => text), ...decoding], parameter) &&
      !staging.state.some(({ name }) => name === parameter.variable)
    );
  });
  if (chosen.length === 0) return staging;
  const fields = new Set(chosen.map(({ variable }) => variable));
  const served = (text: string): string => {
    let done = text;
    for (const { name, span } of identifiersOf(text, parser).toReversed())
      if (fields.has(name))
        done = `${done.slice(0, span.start)}${staging.stateName}.${name}${done.slice(span.end)}`;
    return done;
  };
  return {
    ...staging,
    parameters: chosen.map(({ name, variable, type, literal }) => ({
      name,
      variable,
      type,
      literal,
    })),
    shared: staging.shared.filter(
      (lines) => !chosen.some((parameter) => isBinding(lines, parameter, parser)),
    ),
    transform: staging.transform.map((lines) => ({ ...lines, text: served(lines.text) })),
    result: { ...staging.result, text: served(staging.result.text) },
    state: [
      ...chosen.map(({ name, variable, type }) => ({
        name: variable,
        type,
        source: `parameter ${name}`,
      })),
      ...staging.state,
    ],
    stateValues: [...chosen.map(({ variable }) => variable), ...staging.stateValues],
  };
}

/** `TEST_SIZE = 0.2` at the head of the module. */
function isBinding(
  { text }: StagedLines,
  { variable }: PlacedParameter,
  parser: PythonParser,
): boolean {
  const [statement] = parser.parse(text).root.children.filter(({ kind }) => kind !== "comment");
  const [inner] = statement?.kind === "expression_statement" ? statement.children : [];
  const left = inner?.kind === "assignment" ? fieldOf(inner, "left") : undefined;
  return left !== undefined && text.slice(left.start, left.end) === variable;
}

/** Names that stand as values, in text order: no attribute and no keyword. */
function identifiersOf(
  text: string,
  parser: PythonParser,
): readonly { readonly name: string; readonly span: Span }[] {
  const found: { readonly name: string; readonly span: Span }[] = [];
  walk(parser.parse(text).root, (node) => {
    if (node.kind === "identifier" && node.field !== "attribute" && node.field !== "name")
      found.push({
        name: text.slice(node.start, node.end),
        span: { start: node.start, end: node.end },
      });
    return undefined;
  });
  return found;
}
