/** Reads other tools' TOML files; the only file that imports `smol-toml`. Nothing here writes TOML. */
import { parse } from "smol-toml";

/** Tables, arrays and values as the file nests them. */
export type TomlTable = Readonly<Record<string, unknown>>;

/** The whole file; a file that is no TOML says nothing, since its own tool refuses it with the place. */
export function readToml(text: string): TomlTable {
  try {
    return parse(text);
  } catch {
    return {};
  }
}

/** What stands below these keys; `undefined` where one of them is missing. */
export function tomlValue(table: TomlTable, keys: readonly string[]): unknown {
  let value: unknown = table;
  for (const key of keys) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    value = Object.entries(value).find(([name]) => name === key)?.[1];
  }
  return value;
}

/** The string below these keys; `undefined` for any other kind of value. */
export function tomlText(table: TomlTable, keys: readonly string[]): string | undefined {
  const value = tomlValue(table, keys);
  return typeof value === "string" ? value : undefined;
}
