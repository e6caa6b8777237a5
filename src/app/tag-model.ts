/** Tags of a model version: free words that people and programs hang on it. They decide nothing. */
import { UsageError } from "../base/errors.ts";
import type { Clock } from "../ports/clock.ts";
import type { Registry } from "../ports/registry.ts";
import type { Identity } from "../registry/identity.ts";
import { renderModelVersion } from "../registry/names.ts";
import type { ModelTagsReport } from "./approvals-schema.ts";
import { findModel } from "./find-model.ts";

/** MLflow's rule for the key of a tag, and what it stores of a value in the registry. */
const KEY = /^[\w.\-/: ]{1,250}$/;
const MOST_VALUE = 100_000;

/**
 * @param changes `owner=ada` sets, `owner=` or a bare word removes; none only looks.
 * @throws UsageError `tag-invalid`; what `findModel` throws.
 */
export function tagModel(
  input: {
    readonly reference: string;
    readonly changes: readonly string[];
    readonly remove: readonly string[];
    readonly actor: Identity;
  },
  ports: { readonly registry: Pick<Registry, "models">; readonly clock: Clock },
): ModelTagsReport {
  const { models } = ports.registry;
  const version = findModel(input.reference, models);
  const tags: Record<string, string | undefined> = {};
  for (const text of input.changes) {
    const at = text.indexOf("=");
    if (at < 1)
      throw invalid(
        `"${text}" is not a tag`,
        "write it like owner=ada; --remove owner takes it away",
      );
    tags[checkedKey(text.slice(0, at))] = checkedValue(text.slice(at + 1));
  }
  for (const key of input.remove) tags[checkedKey(key)] = undefined;
  const reference = renderModelVersion(version);
  const before = models.tags(version.model, version.version);
  const changed = Object.fromEntries(
    Object.entries(tags).filter(([key, value]) => before[key] !== value),
  );
  if (Object.keys(changed).length > 0)
    models.changeTags(version.model, version.version, {
      tags: changed,
      event: {
        action: "model.tagged",
        subject: reference,
        actor: input.actor,
        details: Object.fromEntries(
          Object.entries(changed).map(([key, value]) => [key, value ?? null]),
        ),
        atMs: ports.clock.nowMs(),
      },
    });
  return { reference, tags: { ...models.tags(version.model, version.version) } };
}

function checkedKey(key: string): string {
  if (KEY.test(key)) return key;
  throw invalid(
    `"${key}" cannot be the key of a tag`,
    "letters, digits, spaces and _ - . / : only, at most 250 of them",
  );
}

function checkedValue(value: string): string {
  if (value.length <= MOST_VALUE) return value;
  throw invalid(
    `a tag holds at most ${String(MOST_VALUE)} characters`,
    "keep long texts in a file",
  );
}

function invalid(message: string, hint: string): UsageError {
  return new UsageError(`${message}.`, { code: "tag-invalid", hint });
}
