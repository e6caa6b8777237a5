/** One check of the rubric on one repository. Only this file knows how a repository is put together and asked. */
import { expect } from "vitest";
import type { Registry } from "../../src/ports/registry.ts";
import {
  assessRepository,
  deployedProject,
  inPackage,
  type Repository,
  type Story,
  withHistory,
} from "./assessments.ts";
import { churnFeatures } from "./churn-features.ts";
import { churnProject } from "./churn-package.ts";

/** What a repository holds and how a check must judge it. */
export interface MaturityCase {
  readonly id: string;
  readonly name: string;
  /** Outcome and strength: `pass E4`. */
  readonly is: string;
  /** A part of the reason. */
  readonly reason?: string;
  /** Package files by path in its folder. */
  readonly files?: Readonly<Record<string, string | undefined>>;
  /** Files of the project by path. */
  readonly project?: Readonly<Record<string, string>>;
  /** With what feature staging writes. */
  readonly serving?: boolean;
  /** With what level-1 deployment writes. */
  readonly deployed?: boolean;
  /** Changes the deployed workflow. */
  readonly workflow?: (text: string) => string;
  /** With a registry. */
  readonly story?: Story;
  /** Adds to the registry. */
  readonly registry?: (registry: Registry) => void;
}

const WORKFLOW = ".github/workflows/churn-train.yml";

/** Assesses and compares. */
export async function checkMaturity(given: MaturityCase): Promise<void> {
  const assessment = await assessRepository(await repositoryOf(given));
  const check = assessment.checks.find((one) => one.id === given.id);
  const reason = check?.reason ?? "missing";
  expect({ is: `${check?.outcome ?? "missing"} E${String(check?.strength)}`, reason }).toEqual({
    is: given.is,
    reason,
  });
  expect(reason).toContain(given.reason ?? "");
}

async function repositoryOf(given: MaturityCase): Promise<Repository> {
  const changes = Object.fromEntries(
    Object.entries(given.files ?? {}).map(([name, text]) => [inPackage(name), text]),
  );
  const texts: Record<string, string> = {
    ...churnProject({
      ...(given.serving === true ? churnFeatures : {}),
      ...changes,
      ...given.project,
    }),
  };
  if (given.deployed === true) {
    // Deploying refuses what is broken, so the files are those of the sound project.
    const lock = texts[inPackage("requirements.lock")];
    const sound = await deployedProject(
      churnProject(lock === undefined ? {} : { [inPackage("requirements.lock")]: lock }),
    );
    for (const path of [WORKFLOW, inPackage("Dockerfile"), inPackage("ci/check_metrics.py")])
      texts[path] ??= sound[path] ?? "";
  }
  if (given.workflow !== undefined) texts[WORKFLOW] = given.workflow(texts[WORKFLOW] ?? "");
  if (given.story === undefined) return { texts, registry: undefined };
  const repository = withHistory(texts, given.story);
  if (repository.registry !== undefined) given.registry?.(repository.registry);
  return repository;
}

/** Changes only what the second run records. */
export function secondTime(change: NonNullable<Story["step"]>): NonNullable<Story["step"]> {
  const seen = new Set<string>();
  return (step) => {
    if (seen.has(step.step)) return change(step);
    seen.add(step.step);
    return step;
  };
}
