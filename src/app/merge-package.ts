/**
 * How a file of a generated package is merged with what its user made of it: settings by structure, the rest by lines.
 * A certificate is never merged, because it speaks of what was found and not of what somebody wishes.
 */
import type { Diagnostic } from "../base/diagnostic.ts";
import { mergeYaml, type YamlMergeFinding } from "../base/merge-yaml.ts";
import { parseYaml } from "../base/yaml.ts";
import { mergeLines, type SideLabels, type TextSides } from "./merge-lines.ts";

/** A merged text, where it is in conflict, and what there is to say about it. */
export interface MergedFile {
  readonly text: string;
  /** Lines, from 1, of the marks that open a conflict. */
  readonly conflicts: readonly number[];
  readonly diagnostics: readonly Diagnostic[];
}

/** How the files of one folder are merged. */
export interface MergeRules {
  readonly merge: (path: string, sides: TextSides) => MergedFile;
  /** Whether a file comes back although its user deleted it. */
  readonly isNeeded: (path: string) => boolean;
}

/** What promotion derives from the notebook; edits there have no meaning. */
const DERIVED = [
  "version",
  "name",
  "notebook.path",
  "notebook.sha256",
  "notebooks",
  "python",
  "steps.*.cells",
  "steps.*.random",
  "steps.*.outside",
  "artifacts.*.codec",
  "artifacts.*.variables",
  "serve.model",
  "serve.raw",
  "serve.target",
];

/** What was read before planning and is in the new text already, with what a dialog decided since. */
const TAKEN = ["decisions", "serve.entity", "serve.time"];

/** Files that promotion always writes as it made them. */
const NEVER_MERGED: ReadonlySet<string> = new Set(["certificate.json"]);

/**
 * @param folder Of the pipeline, for places in messages.
 * @param packageName Import name; what lies below it is needed to run.
 */
export function packageMergeRules(
  folder: string,
  packageName: string,
  how: { readonly labels: SideLabels; readonly renamedSteps: Readonly<Record<string, string>> },
): MergeRules {
  const { labels, renamedSteps } = how;
  return {
    isNeeded: (path) =>
      path.startsWith(`${packageName}/`) ||
      ["pipeline.yaml", "params.yaml", "certificate.json", "contract.json"].includes(path),
    merge: (path, sides) => {
      if (NEVER_MERGED.has(path)) return { text: sides.theirs, conflicts: [], diagnostics: [] };
      if (path === "pipeline.yaml" || path === "params.yaml") {
        const merged =
          path === "pipeline.yaml"
            ? mergeYaml(sides, DERIVED, { renamed: renamedSteps, taken: TAKEN })
            : mergeYaml(sides, []);
        if (merged !== undefined) {
          const place = parseYaml(merged.text, `${folder}/${path}`).placeOf;
          const diagnostics = merged.findings.map((finding) =>
            describe(finding, {
              path: `${folder}/${path}`,
              ...lineOf(finding, merged.text, place),
            }),
          );
          return { text: merged.text, conflicts: [], diagnostics };
        }
      }
      return { ...mergeLines(sides, labels), diagnostics: [] };
    },
  };
}

function describe(finding: YamlMergeFinding, where: NonNullable<Diagnostic["where"]>): Diagnostic {
  const what = finding.path.join(".");
  switch (finding.kind) {
    case "both-changed":
      return {
        code: "edit-kept-over-notebook",
        severity: "warning",
        message: `${what} was changed by you to ${show(finding.ours)} and by the notebook to ${show(finding.theirs)}; yours is kept`,
        hint: "write the notebook's value there if you meant that one",
        where,
      };
    case "gone":
      return {
        code: "edited-setting-gone",
        severity: "warning",
        message: `${what}, which you had changed to ${show(finding.ours)}, no longer exists in the notebook, so it went`,
        hint: "your text is kept in the revision's record: mlops pipelines restore NAME --before",
        where,
      };
    case "put-back":
      return {
        code: "removed-setting-put-back",
        severity: "warning",
        message: `${what} was removed by you and has changed in the notebook since; it is there again as ${show(finding.theirs)}`,
        hint: "remove it again if nothing needs it",
        where,
      };
    case "overruled":
      return {
        code: "edit-not-keepable",
        severity: "error",
        message: `${what} was changed by hand to ${show(finding.ours)}, but it follows from the notebook (${show(finding.theirs)})`,
        hint: "take the edit back; steps change through decisions (merge, split, rename, drop), the name through --name, Python through --python",
        where,
      };
  }
}

/** The place in the merged text of what the finding is about; the deepest part that is there. */
function lineOf(
  finding: YamlMergeFinding,
  text: string,
  placeOf: ReturnType<typeof parseYaml>["placeOf"],
): { readonly line?: number } {
  const value: unknown = parseYaml(text, "").value;
  const path: (string | number)[] = [];
  let at = value;
  for (const part of finding.path) {
    if (Array.isArray(at)) {
      const items: readonly unknown[] = at;
      const index = items.findIndex((item) => memberOf(item, "name") === part);
      if (index === -1) break;
      path.push(index);
      at = items[index];
    } else {
      path.push(part);
      at = memberOf(at, part);
    }
  }
  const line = placeOf(path)?.line;
  return line === undefined ? {} : { line };
}

function memberOf(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null
    ? Object.entries(value).find(([name]) => name === key)?.[1]
    : undefined;
}

function show(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
