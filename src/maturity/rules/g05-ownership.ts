/** G5: owners, reviews, least privilege. Reviews and protected settings live outside the repository and cannot be seen from it. */
import type { WorkflowFile } from "../../deploy/workflow-file.ts";
import { fail, partial, type Rule } from "../rule.ts";

export const g05: Rule = {
  id: "G5",
  section: "G",
  level: 1,
  gate: undefined,
  question: "Are there owners, reviews and least privilege?",
  how: ["S", "H"],
  weight: 2,
  earn: {
    command:
      "add .github/CODEOWNERS with a person or team for pipelines/; mlops deploy --level 1 (least-privilege workflow)",
    effort: 2,
  },
  check: ({ project }) => {
    const owners = project.codeowners === undefined ? [] : ownerLines(project.codeowners.text);
    const wide = project.workflows.find((workflow) => !isLeastPrivilege(workflow));
    const [owner] = owners;
    if (owner === undefined && project.workflows.length === 0)
      return fail("there are neither owners nor a workflow with permissions");
    if (wide !== undefined)
      return partial(1, "a workflow has more permissions than it says it needs", [
        { text: "permissions missing or write-all", path: wide.path, line: 1 },
      ]);
    const workflow = project.workflows[0];
    const items =
      workflow === undefined
        ? []
        : [
            {
              text: "least-privilege permissions",
              path: workflow.path,
              line: lineOf(workflow.text, "permissions"),
            },
          ];
    if (owner === undefined)
      return partial(2, "workflows have least privilege, but nobody owns the code", items);
    return partial(
      3,
      "owners are named and workflows have least privilege; whether reviews are required cannot be seen from the repository",
      [
        { text: owner.text, path: project.codeowners?.path ?? "CODEOWNERS", line: owner.line },
        ...items,
      ],
    );
  },
};

/** Rules that name at least one person, team or address. */
function ownerLines(text: string): readonly { readonly text: string; readonly line: number }[] {
  return text.split("\n").flatMap((raw, index) => {
    const line = raw.replace(/#.*$/, "").trim();
    return /\s(@[\w.-]+(\/[\w.-]+)?|\S+@\S+\.\S+)/.test(line)
      ? [{ text: line, line: index + 1 }]
      : [];
  });
}

/** Permissions are stated, for the workflow or each job, and none is write-all. */
function isLeastPrivilege(workflow: WorkflowFile): boolean {
  const stated = (value: unknown): boolean => value !== undefined && value !== "write-all";
  const jobs = workflow.jobs.map((job) => job.permissions);
  if (jobs.some((value) => value === "write-all") || workflow.permissions === "write-all")
    return false;
  return stated(workflow.permissions) || (jobs.length > 0 && jobs.every(stated));
}

function lineOf(text: string, word: string): number {
  const at = text.split("\n").findIndex((line) => line.trimStart().startsWith(word));
  return at === -1 ? 1 : at + 1;
}
