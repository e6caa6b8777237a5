/** What settings may come from, and whether any source but the file has a say; apart from the schema, which takes long to load. */
import type { ParsedYaml } from "../base/yaml.ts";

/** What settings may come from. */
export interface ConfigSources {
  /** Values of flags by dotted key, with the flag's name for messages; `undefined` values were not given. */
  readonly flags?: Readonly<Record<string, { readonly flag: string; readonly value: unknown }>>;
  /** `MLOPS_SERVE_PORT` sets `serve.port`. Empty counts as not set. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** `.mlopsrc.yaml` as read; `undefined` when there is none. */
  readonly file: ParsedYaml | undefined;
}

/** Whether a flag or a variable may change what the file says. */
export function mayOverride({ flags, environment }: Omit<ConfigSources, "file">): boolean {
  return flags !== undefined || Object.keys(environment).some((name) => name.startsWith("MLOPS_"));
}
