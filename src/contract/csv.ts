/** CSV as RFC 4180 has it: quotes doubled inside quotes, LF or CRLF, an optional byte order mark, a header line. Nothing is guessed. */
import type { Result } from "../base/result.ts";
import { err, ok } from "../base/result.ts";

/** A field and whether it stood in quotes: an empty field without quotes is a missing value. */
export interface CsvField {
  readonly text: string;
  readonly isQuoted: boolean;
}

/** Where a text stops being CSV. `line` counts from 1. */
export interface CsvFault {
  readonly line: number;
  readonly message: string;
}

/** The header's names and the records below it, all of the header's length. Blank lines at the end are skipped. */
export function parseCsv(
  text: string,
): Result<
  { readonly names: readonly string[]; readonly records: readonly (readonly CsvField[])[] },
  CsvFault
> {
  const read = readRecords(text.startsWith("\uFEFF") ? text.slice(1) : text);
  if (!read.ok) return read;
  const [header, ...rest] = read.value;
  if (header === undefined) return err({ line: 1, message: "there is no header line" });
  const names = header.fields.map((field) => field.text);
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined)
    return err({ line: 1, message: `the header names "${repeated}" twice` });
  const records: (readonly CsvField[])[] = [];
  for (const { fields, line } of rest) {
    if (fields.length !== names.length) {
      const message = `the record has ${String(fields.length)} fields, the header ${String(names.length)}`;
      return err({ line, message });
    }
    records.push(fields);
  }
  return ok({ names, records });
}

/** One record as CSV, with its line end. */
export function renderCsvRecord(values: readonly string[]): string {
  const quoted = values.map((value) =>
    /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value,
  );
  return `${quoted.join(",")}\n`;
}

interface CsvRecord {
  readonly fields: readonly CsvField[];
  readonly line: number;
}

/** A plain field up to a separator, or a quoted one with what must follow it. */
const FIELD = /(?:"([^"]*(?:""[^"]*)*)"|([^",\r\n]*))(,|\r?\n|$)/y;

function readRecords(text: string): Result<readonly CsvRecord[], CsvFault> {
  const records: CsvRecord[] = [];
  let fields: CsvField[] = [];
  let line = 1;
  let firstLine = 1;
  FIELD.lastIndex = 0;
  while (FIELD.lastIndex < text.length || fields.length > 0) {
    const match = FIELD.exec(text);
    if (match === null)
      return err({ line, message: "a quote is not closed, or stands in the middle of a field" });
    const [whole, quoted, plain, end] = match;
    fields.push(
      quoted === undefined
        ? { text: plain ?? "", isQuoted: false }
        : { text: quoted.replaceAll('""', '"'), isQuoted: true },
    );
    line += whole.split("\n").length - 1;
    if (end === ",") continue;
    const isBlank = fields.length === 1 && fields[0]?.text === "" && !fields[0].isQuoted;
    // A blank line is a record only where a record may be one missing value; there it cannot be told apart, so it counts.
    if (!isBlank || FIELD.lastIndex < text.length) records.push({ fields, line: firstLine });
    fields = [];
    firstLine = line;
  }
  return ok(records);
}
