/** What the names of a function become where its lines stand in place of a call. */
import type { Result } from "../../base/result.ts";
import { err, ok } from "../../base/result.ts";
import { applyEdits } from "../../python/edit.ts";
import type { SyntaxNode } from "../../python/syntax.ts";
import { fieldOf, fieldsOf, walk, withoutParentheses } from "../../python/syntax.ts";
import type { FeatureProgram } from "../feature-program.ts";
import type { BoundArgument } from "./bound-arguments.ts";
import { boundNames, identifiersIn, namesReadLater } from "./bound-names.ts";
import type { FoundCall } from "./found-call.ts";
import type { HelperDefinition } from "./helper-definition.ts";
import type { NewNames } from "./new-names.ts";
import type { Replacement, Replacements } from "./renamed-text.ts";
import { canBeWritten, renamed } from "./renamed-text.ts";

/** A call on its way to be written out. */
export interface NamesRequest {
  readonly program: FeatureProgram;
  readonly found: FoundCall;
  readonly definition: HelperDefinition;
  readonly arguments: readonly BoundArgument[];
  /** The statements that the call runs, its `return` left out. */
  readonly body: readonly SyntaxNode[];
  readonly returned: SyntaxNode | undefined;
}

/** Names and the assignments they need. */
export interface PlannedNames {
  /** Parameters that need a name of their own, in order of evaluation. */
  readonly assignments: readonly { readonly name: string; readonly text: string }[];
  /** For what a statement reads on the right side of an assignment, and for everything else in it. */
  readonly replacementsAt: (statement: number) => {
    readonly reading: Replacements;
    readonly binding: Replacements;
  };
  /** Behind the last statement. */
  readonly end: Replacements;
  /** Lines that give the results their names, where the call is assigned to names; `undefined` for any other use. */
  readonly results: readonly string[] | undefined;
}

/** A parameter's or variable's replacement, before and from the statement on that binds it anew. */
interface Planned {
  readonly before: Replacement;
  readonly after: Replacement;
  readonly boundAt: number;
}

/** Plans the names of one call. */
export function planNames(request: NamesRequest, newNames: NewNames): Result<PlannedNames, string> {
  const { definition, body, returned } = request;
  const { text } = definition.statement.tree;
  const all = returned === undefined ? body : [...body, returned];
  const foreign = foreignImport(request.program, all, text);
  if (foreign !== undefined)
    return err(`it imports \`${foreign}\`, which the notebook has for something else`);
  const misused = misusedObject(request);
  if (misused !== undefined) return err(misused);
  const targets = targetsOf(request);
  const given = givenNames(request, targets);
  const avoided = new Set([...definition.bound.inner, ...definition.freeReads]);
  const nameOf = (name: string): string =>
    given.get(name) ?? newNames.take(name, definition.name, avoided);
  const planned = new Map<string, Planned>();
  const assignments: { name: string; text: string }[] = [];
  for (const argument of request.arguments) {
    const own = replacementOf(argument, request);
    const boundAt = firstBinding(argument.name, body, text);
    if (own !== undefined && boundAt === undefined) {
      planned.set(argument.name, { before: own, after: own, boundAt: 0 });
      continue;
    }
    const name = nameOf(argument.name);
    const after = { text: name };
    const isPlain = boundAt !== undefined && bindsPlainly(body[boundAt], argument.name, text);
    if (own !== undefined && isPlain) {
      planned.set(argument.name, { before: own, after, boundAt });
      continue;
    }
    planned.set(argument.name, { before: after, after, boundAt: 0 });
    const value = argument.text.slice(argument.node.start, argument.node.end);
    if (value !== name)
      assignments.push({ name, text: value.includes("\n") ? `(${value})` : value });
  }
  for (const name of boundNames(all, text).variables) {
    if (planned.has(name)) continue;
    const own = { text: nameOf(name) };
    planned.set(name, { before: own, after: own, boundAt: 0 });
  }
  for (const [attribute, own] of attributesOf(request, newNames))
    planned.set(attribute, { before: own, after: own, boundAt: 0 });
  const at = (choose: (one: Planned) => Replacement): Replacements =>
    new Map([...planned].map(([name, one]) => [name, choose(one)]));
  const end = at(({ after }) => after);
  return ok({
    assignments,
    replacementsAt: (statement) => ({
      reading: at(({ before, after, boundAt }) => (statement <= boundAt ? before : after)),
      binding: at(({ before, after, boundAt }) => (statement < boundAt ? before : after)),
    }),
    end,
    results: resultsOf(request, targets, end),
  });
}

/** `self.mean_` → the variable that stands for it; methods keep their object. */
function attributesOf(
  { found, definition, body, returned }: NamesRequest,
  newNames: NewNames,
): ReadonlyMap<string, Replacement> {
  const names = new Map<string, Replacement>();
  const { method } = found;
  const [self] = definition.parameters;
  if (method === undefined || self === undefined) return names;
  const { text } = definition.statement.tree;
  for (const root of returned === undefined ? body : [...body, returned])
    walk(root, (node) => {
      const object = node.kind === "attribute" ? fieldOf(node, "object") : undefined;
      const attribute = node.kind === "attribute" ? fieldOf(node, "attribute") : undefined;
      if (object?.kind !== "identifier" || attribute === undefined) return undefined;
      if (text.slice(object.start, object.end) !== self.name) return undefined;
      const name = text.slice(attribute.start, attribute.end);
      if (!method.methods.has(name))
        names.set(text.slice(node.start, node.end), {
          text: newNames.attribute(method.variable, name),
        });
      return undefined;
    });
  return names;
}

/** An object that a method hands on, or a method that it does not call, is not followed. */
function misusedObject({ found, definition, body, returned }: NamesRequest): string | undefined {
  const { method } = found;
  const [self] = definition.parameters;
  if (method === undefined) return undefined;
  const { text } = definition.statement.tree;
  const { bound } = definition;
  if (self === undefined || bound.variables.has(self.name) || bound.inner.has(self.name))
    return "its first parameter stands for other things as well";
  const isFine = (node: SyntaxNode, parents: readonly SyntaxNode[]): boolean => {
    if (node.kind !== "identifier" || text.slice(node.start, node.end) !== self.name)
      return node.children.every((child) => isFine(child, [node, ...parents]));
    const [parent, above] = parents;
    if (node.field === "attribute" || node.field === "name") return true;
    if (parent?.kind !== "attribute") return false;
    const name = text.slice(node.end + 1, parent.end);
    return (
      /^\w+$/u.test(name) &&
      (!method.methods.has(name) || (above?.kind === "call" && parent.field === "function"))
    );
  };
  const nodes =
    returned === undefined || returned.kind === "identifier" ? body : [...body, returned];
  return nodes.every((node) => isFine(node, []))
    ? undefined
    : "it hands on its object or one of its methods";
}

/** What an argument may be replaced by as it is: a literal, or the name of the notebook's own variable. */
function replacementOf(
  { name, node, text, written, isDefault }: BoundArgument,
  { definition, body, returned, arguments: list }: NamesRequest,
): Replacement | undefined {
  const { bound, statement } = definition;
  const nodes = returned === undefined ? body : [...body, returned];
  const isReadLater = namesReadLater(nodes, statement.tree.text).has(name);
  const source = text.slice(node.start, node.end);
  if (written !== undefined)
    return canBeWritten(nodes, statement.tree.text, { name, value: written.value })
      ? { text: source, written }
      : undefined;
  if (body.length === 0 && !isDefault && isLookup(node) && returned !== undefined) {
    // Nothing happens between one look and the next.
    const within = { name, value: '"' };
    const isOnlyLooking = list.every(
      (other) =>
        other.written !== undefined || other.node.kind === "identifier" || isLookup(other.node),
    );
    const isFree = [...identifiersIn([node], text)].every((read) => !bound.inner.has(read));
    const changes = /\binplace\b/u.test(statement.tree.text.slice(returned.start, returned.end));
    if (isOnlyLooking && isFree && !changes && canBeWritten(nodes, statement.tree.text, within))
      return { text: source };
  }
  const isVariable = node.kind === "identifier" && !isDefault && !isReadLater;
  return isVariable && !bound.inner.has(source) && !bound.imported.has(source)
    ? { text: source }
    : undefined;
}

/** `df["age"]`: a table's column, picked by what is written there. */
function isLookup(node: SyntaxNode): boolean {
  const [table, ...keys] = node.children;
  return (
    node.kind === "subscript" &&
    table?.kind === "identifier" &&
    keys.every(
      ({ kind, children }) =>
        kind === "identifier" ||
        (kind === "string" && children.every((part) => part.kind !== "interpolation")),
    )
  );
}

/** The first statement that binds a name. */
function firstBinding(name: string, body: readonly SyntaxNode[], text: string): number | undefined {
  const at = body.findIndex((node) => boundNames([node], text).variables.has(name));
  return at === -1 ? undefined : at;
}

/** `df = …`, and nothing else in the statement. */
function bindsPlainly(node: SyntaxNode | undefined, name: string, text: string): boolean {
  const assignment = node?.kind === "expression_statement" ? node.children[0] : undefined;
  if (assignment?.kind !== "assignment") return false;
  const left = fieldOf(assignment, "left");
  const right = fieldOf(assignment, "right");
  return (
    left?.kind === "identifier" &&
    text.slice(left.start, left.end) === name &&
    right !== undefined &&
    right.kind !== "assignment"
  );
}

/** The names that the call's value is assigned to, when that is all there is to it. */
function targetsOf({ found }: NamesRequest): readonly string[] | undefined {
  const { host, call, statement } = found;
  const [assignment] = host.children;
  const left = assignment?.kind === "assignment" ? fieldOf(assignment, "left") : undefined;
  const right = assignment?.kind === "assignment" ? fieldOf(assignment, "right") : undefined;
  if (left === undefined || right === undefined || withoutParentheses(right) !== call)
    return undefined;
  const nodes =
    left.kind === "pattern_list" || left.kind === "tuple_pattern" ? left.children : [left];
  const names = nodes.map((node) =>
    node.kind === "identifier" ? statement.tree.text.slice(node.start, node.end) : undefined,
  );
  const known = names.filter((name) => name !== undefined);
  return known.length === names.length && new Set(known).size === known.length ? known : undefined;
}

/** What is returned for each target; `undefined` when that does not show. */
function elementsOf(
  { returned }: NamesRequest,
  targets: readonly string[],
): readonly SyntaxNode[] | undefined {
  if (returned === undefined) return undefined;
  const isSeveral = returned.kind === "expression_list" || returned.kind === "tuple";
  const elements = targets.length > 1 && isSeveral ? returned.children : [returned];
  return elements.length === targets.length && elements.every(({ kind }) => kind !== "list_splat")
    ? elements
    : undefined;
}

/**
 * The function's variables that are returned take the names that their values get: nothing reads those in between, neither the function
 * nor an argument.
 */
function givenNames(
  request: NamesRequest,
  targets: readonly string[] | undefined,
): ReadonlyMap<string, string> {
  const { definition } = request;
  const given = new Map<string, string>();
  const elements = targets === undefined ? undefined : elementsOf(request, targets);
  if (targets === undefined || elements === undefined) return given;
  const { text } = definition.statement.tree;
  const { inner, imported } = definition.bound;
  const own = new Set([
    ...definition.parameters.map(({ name }) => name),
    ...definition.bound.variables,
  ]);
  const read = new Set([...definition.freeReads, ...inner, ...imported]);
  const late = namesReadLater([...request.body, ...elements], text);
  for (const [at, element] of elements.entries()) {
    const name = element.kind === "identifier" ? text.slice(element.start, element.end) : "";
    const target = targets[at] ?? "";
    const isOwn = own.has(name) && !imported.has(name) && !late.has(name);
    const isFree = isOwn && !read.has(target) && !given.has(name);
    const isRead = request.arguments.some(
      (argument) =>
        argument.name !== name && identifiersIn([argument.node], argument.text).has(target),
    );
    if (isFree && !isRead) given.set(name, target);
  }
  return given;
}

function resultsOf(
  request: NamesRequest,
  targets: readonly string[] | undefined,
  end: Replacements,
): readonly string[] | undefined {
  const elements = targets === undefined ? undefined : elementsOf(request, targets);
  if (targets === undefined || elements === undefined) return undefined;
  const { text } = request.definition.statement.tree;
  const pairs = elements.flatMap((element, at) => {
    const edits = renamed(element, text, end).map(({ span, text: replacement }) => ({
      text: replacement,
      span: { start: span.start - element.start, end: span.end - element.start },
    }));
    const value = applyEdits(text.slice(element.start, element.end), edits);
    const target = targets[at] ?? "";
    const reads = new Set(
      [...identifiersIn([element], text)].flatMap((name) => [name, end.get(name)?.text ?? name]),
    );
    return value === target ? [] : [{ target, value, reads }];
  });
  if (pairs.length === 0) return [];
  // One after the other, unless a later value would see what an earlier name became.
  const isInTurn = pairs.every(({ reads }, at) =>
    pairs.slice(0, at).every(({ target }) => !reads.has(target)),
  );
  if (isInTurn) return pairs.map(({ target, value }) => `${target} = ${value}`);
  const left = pairs.map(({ target }) => target).join(", ");
  return [`${left} = ${pairs.map(({ value }) => value).join(", ")}`];
}

/** A name that is imported inside the function and means something else in the notebook. */
function foreignImport(
  program: FeatureProgram,
  nodes: readonly SyntaxNode[],
  text: string,
): string | undefined {
  const variables = boundNames(nodes, text).variables;
  let foreign: string | undefined;
  for (const root of nodes)
    walk(root, (node) => {
      if (node.kind !== "import_statement" && node.kind !== "import_from_statement")
        return undefined;
      const from = fieldOf(node, "module_name");
      for (const item of fieldsOf(node, "name")) {
        const path = item.kind === "aliased_import" ? (fieldOf(item, "name") ?? item) : item;
        const module = text.slice(path.start, path.end);
        const name = fieldOf(item, "alias") ?? item.children[0] ?? item;
        const bound = text.slice(name.start, name.end);
        const whole = from === undefined ? module : `${text.slice(from.start, from.end)}.${module}`;
        const isSame = program.statements.every(
          ({ facts }) =>
            !facts.mayWrite.includes(bound) ||
            facts.imports.some(
              (other) =>
                other.name === bound &&
                (other.member === undefined ? other.module : `${other.module}.${other.member}`) ===
                  whole,
            ),
        );
        if (!isSame || variables.has(bound)) foreign ??= bound;
      }
      return false;
    });
  return foreign;
}
