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

/** One line of a file with its fields; the line where it begins. */
export interface CsvRecord {
  readonly fields: readonly CsvField[];
  readonly line: number;
}

/** Reads a text that arrives in pieces, cut anywhere. Holds no more than the record it is in. */
export interface CsvReader {
  /** The header's names; `undefined` until the first line is complete. */
  readonly names: () => readonly string[] | undefined;
  /** The records that are complete now, all of the header's length. */
  readonly push: (text: string) => Result<readonly CsvRecord[], CsvFault>;
  /** What is left when the text has ended. A blank line at the end is skipped. */
  readonly end: () => Result<readonly CsvRecord[], CsvFault>;
}

/** No record is longer; a quote that is never closed would take the rest of the file into one field. */
const LONGEST_RECORD = 16 << 20;

/** A reader at the beginning of a text. */
export function createCsvReader(): CsvReader {
  let names: readonly string[] | undefined;
  let held = "";
  let line = 1;
  let isFirst = true;
  // A blank line is a record only where a record may be one missing value; there it cannot be told apart, so it counts
  // unless the text ends with it.
  let blank: CsvRecord | undefined;
  const scan = createEndScan();

  const take = (complete: string): Result<readonly CsvRecord[], CsvFault> => {
    const read = readRecords(complete, line);
    if (!read.ok) return read;
    line += complete.split("\n").length - 1;
    const records = [...(blank === undefined ? [] : [blank]), ...read.value];
    const last = records.at(-1);
    blank = last !== undefined && isBlank(last) ? last : undefined;
    if (blank !== undefined) records.pop();
    const header = names === undefined ? records.shift() : undefined;
    if (header !== undefined) names = header.fields.map((field) => field.text);
    return checkRecords(names ?? [], header === undefined ? undefined : names, records);
  };

  return {
    names: () => names,
    push: (text) => {
      held += isFirst && text.startsWith("\uFEFF") ? text.slice(1) : text;
      isFirst &&= text === "";
      const end = scan(held);
      if (end > 0) {
        const complete = held.slice(0, end);
        held = held.slice(end);
        return take(complete);
      }
      if (held.length <= LONGEST_RECORD) return ok([]);
      const read = readRecords(held, line);
      return read.ok ? err({ line, message: "the record is longer than 16 MB" }) : read;
    },
    end: () => {
      const rest = held;
      held = "";
      const read = take(rest);
      if (!read.ok || names !== undefined) return read;
      return err({ line: 1, message: "there is no header line" });
    },
  };
}

function isBlank({ fields }: CsvRecord): boolean {
  return fields.length === 1 && fields[0]?.text === "" && !fields[0].isQuoted;
}

function checkRecords(
  names: readonly string[],
  header: readonly string[] | undefined,
  records: readonly CsvRecord[],
): Result<readonly CsvRecord[], CsvFault> {
  const repeated = header?.find((name, index) => header.indexOf(name) !== index);
  if (repeated !== undefined)
    return err({ line: 1, message: `the header names "${repeated}" twice` });
  const odd = records.find(({ fields }) => fields.length !== names.length);
  if (odd === undefined) return ok(records);
  const message = `the record has ${String(odd.fields.length)} fields, the header ${String(names.length)}`;
  return err({ line: odd.line, message });
}

/** Finds where the last complete record of a growing text ends: at a line end behind an even number of quotes. Looks at each character once. */
function createEndScan(): (text: string) => number {
  let scanned = 0;
  let isQuoted = false;
  return (text) => {
    const mark = /["\n]/g;
    mark.lastIndex = scanned;
    let end = 0;
    for (let found = mark.exec(text); found !== null; found = mark.exec(text)) {
      if (found[0] === '"') isQuoted = !isQuoted;
      else if (!isQuoted) end = found.index + 1;
    }
    scanned = text.length - end;
    return end;
  };
}

/** One record as CSV, with its line end. */
export function renderCsvRecord(values: readonly string[]): string {
  const quoted = values.map((value) =>
    /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value,
  );
  return `${quoted.join(",")}\n`;
}

/** A plain field up to a separator, or a quoted one with what must follow it. */
const FIELD = /(?:"([^"]*(?:""[^"]*)*)"|([^",\r\n]*))(,|\r?\n|$)/y;

function readRecords(text: string, startLine: number): Result<readonly CsvRecord[], CsvFault> {
  const records: CsvRecord[] = [];
  let fields: CsvField[] = [];
  let line = startLine;
  let firstLine = line;
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
    records.push({ fields, line: firstLine });
    fields = [];
    firstLine = line;
  }
  return ok(records);
}
