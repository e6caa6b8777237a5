/**
 * How things are named (contract 1). `churn` is a name, `churn:r3` a pipeline revision, `churn@v3` a model version,
 * `churn@champion` an alias. Names that MLflow clients bring follow MLflow's own rules and do not pass here.
 */
import type { RunId } from "../base/brand.ts";
import { UsageError } from "../base/errors.ts";
import { err, ok, type Result } from "../base/result.ts";

const NAME = /^[a-z][a-z0-9-]{0,62}$/;
const VERSION = /^v([1-9][0-9]{0,8})$/;
const REVISION = /^r([1-9][0-9]{0,8})$/;
/** MLflow's rule for an alias. */
const ALIAS = /^[\w-]{1,255}$/;

/** What follows `@` in a model reference; `newest` when nothing does. */
export type VersionChoice =
  | { readonly kind: "newest" }
  | { readonly kind: "version"; readonly version: number }
  | { readonly kind: "alias"; readonly alias: string };

/** `churn`, `churn@v3` or `churn@champion`. */
export interface ModelReference {
  readonly model: string;
  readonly choice: VersionChoice;
}

/** `churn` or `churn:r3`. */
export interface RevisionReference {
  readonly pipeline: string;
  /** `undefined` means the latest. */
  readonly revision: number | undefined;
}

/** Checks the name of a pipeline, model, environment or step. The error says what is wrong with it. */
export function parseName(text: string): Result<string, string> {
  if (NAME.test(text)) return ok(text);
  if (text === "") return err("a name cannot be empty");
  if (text.length > 63)
    return err(
      `"${text.slice(0, 20)}…" has ${String(text.length)} characters; a name has at most 63`,
    );
  if (!/^[a-z]/.test(text)) return err(`"${text}" does not start with a lower-case letter`);
  return err(`"${text}" may hold lower-case letters, digits and hyphens only`);
}

/**
 * Reads a model reference.
 * @throws UsageError `model-reference-invalid`.
 */
export function parseModelReference(text: string): ModelReference {
  const [model = "", choice, ...rest] = text.split("@");
  const name = parseName(model);
  const bad = (why: string): UsageError =>
    new UsageError(`"${text}" is not a model: ${why}.`, {
      code: "model-reference-invalid",
      hint: "write it like churn, churn@v3 or churn@champion",
    });
  if (model.includes(":"))
    throw bad("a colon names a pipeline revision; models have versions, written with @");
  if (!name.ok) throw bad(name.error);
  if (choice === undefined) return { model, choice: { kind: "newest" } };
  if (rest.length > 0) throw bad("it has more than one @");
  const version = VERSION.exec(choice)?.[1];
  if (version !== undefined)
    return { model, choice: { kind: "version", version: Number(version) } };
  const alias = checkAlias(choice);
  if (!alias.ok) throw bad(alias.error);
  return { model, choice: { kind: "alias", alias: choice } };
}

/**
 * Reads a pipeline or one of its revisions.
 * @throws UsageError `revision-reference-invalid`.
 */
export function parseRevisionReference(text: string): RevisionReference {
  const [pipeline = "", revision, ...rest] = text.split(":");
  const name = parseName(pipeline);
  const bad = (why: string): UsageError =>
    new UsageError(`"${text}" is not a pipeline: ${why}.`, {
      code: "revision-reference-invalid",
      hint: "write it like churn or churn:r3",
    });
  if (pipeline.includes("@"))
    throw bad("an @ names a model version; pipelines have revisions, written with :");
  if (!name.ok) throw bad(name.error);
  if (revision === undefined) return { pipeline, revision: undefined };
  const number = rest.length > 0 ? undefined : REVISION.exec(revision)?.[1];
  if (number === undefined) throw bad("after the colon comes r and a number from 1");
  return { pipeline, revision: Number(number) };
}

/** MLflow's rule for an alias: letters, digits, `_` and `-`; never `latest`, nor `v` and digits, which name a version. */
export function checkAlias(text: string): Result<string, string> {
  if (text === "") return err("an alias cannot be empty");
  if (text.length > 255) return err("an alias has at most 255 characters");
  if (!ALIAS.test(text)) return err(`the alias "${text}" may hold letters, digits, _ and - only`);
  if (/^v[0-9]+$/i.test(text))
    return err(`"${text}" would be a version number (from v1), so it cannot be an alias`);
  if (text.toLowerCase() === "latest")
    return err('"latest" always means the newest version, so it cannot be an alias');
  return ok(text);
}

/** `churn@v3`. */
export function renderModelVersion(version: {
  readonly model: string;
  readonly version: number;
}): string {
  return `${version.model}@v${String(version.version)}`;
}

/** `churn:r3`. */
export function renderRevision(revision: {
  readonly pipeline: string;
  readonly revision: number;
}): string {
  return `${revision.pipeline}:r${String(revision.revision)}`;
}

/** Whether a text is a full run id: 32 lower-case hex digits. */
export function isRunId(text: string): text is RunId {
  return /^[0-9a-f]{32}$/.test(text);
}

/** A run id that is known to be one. */
export function toRunId(text: string): RunId {
  if (!isRunId(text)) throw new Error(`"${text}" is not a run id`);
  return text;
}

/** Fewest characters of a run id that are accepted for the whole. */
export const RUN_PREFIX_LENGTH = 6;
