/** Saved outputs of a cell, reduced to what analysis reads. Bytes of images and other data are dropped at once. */
import type { SavedOutput } from "./cell.ts";
import { WireOutput } from "./schema.ts";

/** Text longer than this is cut: some notebooks hold megabytes of progress bars. */
const LONGEST_TEXT = 100_000;

/** Reads the outputs of any nbformat version; those that are no outputs at all are left out. */
export function readOutputs(wireOutputs: readonly unknown[]): readonly SavedOutput[] {
  return wireOutputs.flatMap((wire) => {
    const read = WireOutput.safeParse(wire);
    const output = read.success ? readOutput(read.data) : undefined;
    return output === undefined ? [] : [output];
  });
}

function readOutput(wire: WireOutput): SavedOutput | undefined {
  switch (wire.output_type) {
    case "stream": {
      const name = (wire.name ?? wire.stream) === "stderr" ? "stderr" : "stdout";
      return { kind: "stream", name, text: cut(wire.text ?? "") };
    }
    case "error":
    case "pyerr":
      return { kind: "error", errorName: wire.ename ?? "", errorValue: cut(wire.evalue ?? "") };
    case "execute_result":
    case "display_data":
    case "pyout":
      return wire.data === undefined ? readOldData(wire) : readData(wire.data);
    default:
      return undefined;
  }
}

function readData(data: Readonly<Record<string, unknown>>): SavedOutput {
  const plain = data["text/plain"];
  const text =
    typeof plain === "string"
      ? plain
      : Array.isArray(plain)
        ? plain.filter((line) => typeof line === "string").join("")
        : undefined;
  return {
    kind: "data",
    text: text === undefined ? undefined : cut(text),
    mimeTypes: Object.keys(data).sort(),
  };
}

/** nbformat 3 kept each form of the data under a short name of its own. */
function readOldData(wire: WireOutput): SavedOutput {
  const mimeTypes = Object.entries(OLD_MIME_TYPES).flatMap(([field, mimeType]) =>
    wire[field] === undefined ? [] : [mimeType],
  );
  return {
    kind: "data",
    text: wire.text === undefined ? undefined : cut(wire.text),
    mimeTypes: mimeTypes.sort(),
  };
}

const OLD_MIME_TYPES: Readonly<Record<string, string>> = {
  text: "text/plain",
  html: "text/html",
  svg: "image/svg+xml",
  png: "image/png",
  jpeg: "image/jpeg",
  latex: "text/latex",
  json: "application/json",
  javascript: "application/javascript",
};

function cut(text: string): string {
  return text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT)}…`;
}
