/** The trace of a bug in terms of src/: dist/ is bundled, and its places tell nothing. The maps are read here, so that no start pays for them. */
import { readFileSync } from "node:fs";
import { SourceMap, type SourceMapPayload } from "node:module";
import { fileURLToPath } from "node:url";

/** The message and where it was thrown; places without a map stay as they are. */
export function traceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const maps = new Map<string, SourceMap | undefined>();
  return (error.stack ?? error.message).replace(
    /(file:\/\/[^\s()]+\.js|(?:\/|[A-Z]:\\)[^:\n()]+\.cjs):(\d+):(\d+)/g,
    (place, url: string, line: string, column: string) => {
      if (!maps.has(url)) maps.set(url, readMap(url));
      const origin = maps.get(url)?.findOrigin(Number(line), Number(column));
      if (origin === undefined || !("fileName" in origin)) return place;
      const { fileName, lineNumber, columnNumber } = origin;
      return `${fileName.replace(/^(\.\.\/)+/, "")}:${String(lineNumber)}:${String(columnNumber)}`;
    },
  );
}

function readMap(url: string): SourceMap | undefined {
  try {
    const found: unknown = JSON.parse(readFileSync(`${pathOf(url)}.map`, "utf8"));
    return isMap(found) ? new SourceMap(found) : undefined;
  } catch {
    return undefined;
  }
}

/** A module is told by its address, CommonJS by its path. */
function pathOf(place: string): string {
  return place.startsWith("file:") ? fileURLToPath(place) : place;
}

/** The build wrote it; anything else has no mappings. */
function isMap(found: unknown): found is SourceMapPayload {
  return typeof found === "object" && found !== null && "mappings" in found && "sources" in found;
}
