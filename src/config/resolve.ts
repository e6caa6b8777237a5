/** Which value of a setting holds, and where it comes from: flag over environment over file over default. */
import type { Diagnostic, Place } from "../base/diagnostic.ts";
import { diagnosticsOfIssues } from "../base/zod-issues.ts";
import { Config, type ConfigKey, configKeys } from "./schema.ts";
import { type ConfigSources, mayOverride } from "./sources.ts";

/** Where a value comes from. */
export type Origin =
  | { readonly kind: "flag"; readonly name: string }
  | { readonly kind: "environment"; readonly name: string }
  | { readonly kind: "file"; readonly where: Place | undefined }
  | { readonly kind: "default" };

/** The settings of a project. */
export interface ResolvedConfig {
  readonly value: Config;
  /** Where the value of a dotted key (`serve.port`) comes from. */
  readonly originOf: (key: string) => Origin;
}

/** The settings, or everything that is wrong with them, each with its line or the name of its variable or flag. */
export function resolveConfig(
  sources: ConfigSources,
):
  | { readonly ok: true; readonly config: ResolvedConfig }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] } {
  const broken = sources.file?.diagnostics ?? [];
  if (broken.length > 0) return { ok: false, diagnostics: broken };
  const origins = new Map<string, Origin>();
  // An empty file, or one with comments only, sets nothing.
  let merged: unknown = structuredClone(sources.file?.value ?? {});
  // Listing the keys takes longer than all else here, and most often there is nothing to look for.
  for (const key of mayOverride(sources) ? configKeys() : []) {
    const override = overrideOf(key, sources);
    if (override === undefined) continue;
    merged = withValueAt(merged, key.path, override.value);
    origins.set(key.path.join("."), override.origin);
  }
  const placeOf = (path: readonly (string | number)[]): Place | undefined =>
    placeOfOrigin(path, origins) ?? sources.file?.placeOf(path);
  // Once a command: compiling the check would take longer than checking.
  const checked = Config.safeParse(merged, { jitless: true });
  if (!checked.success) {
    const diagnostics = diagnosticsOfIssues(checked.error.issues, {
      codePrefix: "config",
      value: merged,
      placeOf,
      keysAt: (path) => keysAt(configKeys(), path),
    });
    return { ok: false, diagnostics };
  }
  const originOf = (key: string): Origin => {
    const override = origins.get(key);
    if (override !== undefined) return override;
    const path = key.split(".");
    if (!hasValueAt(sources.file?.value, path)) return { kind: "default" };
    return { kind: "file", where: sources.file?.placeOf(path) };
  };
  return { ok: true, config: { value: checked.data, originOf } };
}

/** `serve.port` → `MLOPS_SERVE_PORT`. */
export function environmentNameOf(key: ConfigKey): string {
  return `MLOPS_${key.path.join("_").replaceAll("-", "_").toUpperCase()}`;
}

function overrideOf(
  key: ConfigKey,
  sources: ConfigSources,
): { readonly value: unknown; readonly origin: Origin } | undefined {
  const flag = sources.flags?.[key.path.join(".")];
  if (flag?.value !== undefined) {
    return { value: flag.value, origin: { kind: "flag", name: flag.flag } };
  }
  // Lists and mappings have no form as a variable.
  if (key.kind === "other") return undefined;
  const name = environmentNameOf(key);
  const text = sources.environment[name];
  if (text === undefined || text === "") return undefined;
  return { value: typedText(text, key.kind), origin: { kind: "environment", name } };
}

/** Text that is not of the kind stays text, so that the schema says what is wrong with it. */
function typedText(text: string, kind: "text" | "number" | "boolean"): unknown {
  if (kind === "number" && text.trim() !== "" && Number.isFinite(Number(text))) return Number(text);
  if (kind === "boolean" && (text === "true" || text === "1")) return true;
  if (kind === "boolean" && (text === "false" || text === "0")) return false;
  return text;
}

/** A copy with the value set. A part of the path that is no mapping stays as it is: the schema will refuse it. */
function withValueAt(top: unknown, path: readonly string[], value: unknown): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return value;
  const mapping = top === undefined || top === null ? {} : top;
  if (!isMapping(mapping)) return top;
  return { ...mapping, [name]: withValueAt(mapping[name], rest, value) };
}

function hasValueAt(top: unknown, path: readonly string[]): boolean {
  let value = top;
  for (const name of path) {
    if (!isMapping(value) || !Object.hasOwn(value, name)) return false;
    value = value[name];
  }
  return value !== undefined;
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function placeOfOrigin(
  path: readonly (string | number)[],
  origins: ReadonlyMap<string, Origin>,
): Place | undefined {
  const origin = origins.get(path.join("."));
  return origin?.kind === "flag" || origin?.kind === "environment"
    ? { path: origin.name }
    : undefined;
}

/** Names that may stand below a path, each once. */
function keysAt(keys: readonly ConfigKey[], path: readonly (string | number)[]): readonly string[] {
  const names = keys
    .filter((key) => path.every((part, index) => key.path[index] === part))
    .map((key) => key.path[path.length])
    .filter((name) => name !== undefined);
  return [...new Set(names)];
}
