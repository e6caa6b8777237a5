/**
 * What other tools' TOML files say about themselves: table names, and keys whose value is one string or a switch.
 * Not a TOML reader: arrays, inline tables and multi-line strings are passed over, and nothing here writes TOML.
 */

/** The simple part of a TOML file. */
export interface TomlOutline {
  /** Names as written in `[…]` and `[[…]]`, in the order of the file. */
  readonly tables: readonly string[];
  /** By table and key joined with a dot; keys above the first table have no prefix. */
  readonly values: ReadonlyMap<string, string>;
}

/** Reads what can be read; a broken file gives what stands before the breakage and after it. */
export function readTomlOutline(text: string): TomlOutline {
  const tables: string[] = [];
  const values = new Map<string, string>();
  let table = "";
  let closing: string | undefined;
  for (const line of text.split(/\r?\n/)) {
    if (closing !== undefined) {
      if (line.includes(closing)) closing = undefined;
      continue;
    }
    const header = /^\s*\[{1,2}\s*([^[\]]+?)\s*\]{1,2}\s*(?:#.*)?$/.exec(line)?.[1];
    if (header !== undefined) {
      table = header.replaceAll(/["']/g, "");
      tables.push(table);
      continue;
    }
    closing = openedBlock(line);
    const pair = /^\s*([\w."'-]+)\s*=\s*(?:"([^"\\]*)"|'([^']*)'|(true|false))\s*(?:#.*)?$/.exec(
      line,
    );
    const key = pair?.[1]?.replaceAll(/["']/g, "");
    const value = pair?.[2] ?? pair?.[3] ?? pair?.[4];
    if (key === undefined || value === undefined) continue;
    values.set(table === "" ? key : `${table}.${key}`, value);
  }
  return { tables, values };
}

/** The quotes that end a multi-line string which this line begins. */
function openedBlock(line: string): string | undefined {
  for (const quotes of ['"""', "'''"]) {
    if (line.split(quotes).length % 2 === 0) return quotes;
  }
  return undefined;
}
