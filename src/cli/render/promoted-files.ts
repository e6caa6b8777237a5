/** What a promotion did to files that a person had edited, and on a dry run what it would do to each file. */
import type { PromotionResult } from "../promotion-schema.ts";
import type { Style } from "../style.ts";
import { renderRows } from "./table.ts";

type Shown = Pick<PromotionResult, "changes" | "writes">;

/** Whether promoting again wrote nothing. */
export function isUnchanged({ changes }: Shown): boolean {
  return changes.every((file) => file.change === "kept");
}

/** Empty when nobody had edited anything. */
export function renderEdits({ changes, writes }: Shown): string {
  const lines: string[] = [];
  const conflicts: string[] = [];
  for (const file of changes) {
    const open = file.conflicts ?? [];
    if (open.length > 0)
      conflicts.push(
        `  ${file.path}, ${open.length === 1 ? "line" : "lines"} ${open.map(String).join(", ")}`,
      );
    else if (file.change === "merge")
      lines.push(`  ${file.path}: your edits and the new text, merged`);
    else if (file.change === "kept")
      lines.push(`  ${file.path}: ${KEPT[file.because ?? ""] ?? "kept"}`);
  }
  for (const { path, beside } of writes.conflicts)
    lines.push(`  ${path}: changed while this command was at work; the new text is ${beside}`);
  return [
    ...(lines.length === 0 ? [] : [`Your edits\n${lines.join("\n")}`]),
    ...(conflicts.length === 0
      ? []
      : [
          `Conflicts\n${conflicts.join("\n")}\n  Both texts stand there between marks; keep what you want and promote again.`,
        ]),
  ].join("\n\n");
}

/** One line a file. */
export function renderPlannedChanges({ changes }: Shown, style: Style): string {
  const would = changes.filter((file) => file.change !== "kept");
  if (would.length === 0) return "Would write\n  nothing";
  return `Would write\n${renderRows(
    would.map((file) => [file.path, WOULD[file.change]]),
    style,
  )}`;
}

const KEPT: Readonly<Record<string, string>> = {
  edited: "yours, kept as it is",
  "edited-and-no-longer-generated": "yours, no longer generated and no longer used",
  deleted: "deleted by you, stays deleted",
};

const WOULD: Readonly<Record<PromotionResult["changes"][number]["change"], string>> = {
  create: "new",
  update: "changed",
  merge: "changed, merged with your edits",
  kept: "kept",
  remove: "removed",
};
