/** What went to the shared store and came from it, for people. Each ends without a newline. */
import type { ModelsPullReport, ModelsPushReport } from "../../app/models-store-schema.ts";
import { renderBytes } from "../../base/size.ts";
import type { Style } from "../style.ts";
import { renderRows } from "./table.ts";

/** `models push` */
export function renderPush({ store, versions, pushed, present, bytes }: ModelsPushReport): string {
  const names = versions.join(", ");
  if (pushed === 0) return `${store} has all of ${names} already (${files(present)})`;
  const rest = present === 0 ? "" : `; it had ${files(present)}`;
  return `${names}: ${files(pushed)} sent to ${store} (${renderBytes(bytes)})${rest}`;
}

/** `models pull` */
export function renderPull(report: ModelsPullReport, style: Style): string {
  const { from, models, pulled, present, bytes } = report;
  const what =
    pulled === 0
      ? `everything was here already (${files(present)})`
      : `${files(pulled)} fetched from ${from} (${renderBytes(bytes)})`;
  const rows = models.map(({ environment, reference }) => [environment, style.strong(reference)]);
  return [renderRows(rows, style, { indent: "" }), what].join("\n");
}

function files(count: number): string {
  return `${String(count)} ${count === 1 ? "file" : "files"}`;
}
