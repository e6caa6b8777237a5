/** Flags and settings → `app/request-approval.ts`. */

import { policyOf } from "../../../app/approval-settings.ts";
import type { ApprovalReport } from "../../../app/approvals-schema.ts";
import { findModel } from "../../../app/find-model.ts";
import { findPython } from "../../../app/find-python.ts";
import { gatherEvidence } from "../../../app/gather-evidence.ts";
import { loadPipeline } from "../../../app/load-pipeline.ts";
import { reportApproval } from "../../../app/report-approvals.ts";
import { checkEnvironment, requestApproval } from "../../../app/request-approval.ts";
import { runPipelineTests } from "../../../app/run-pipeline-tests.ts";
import { MlopsError } from "../../../base/errors.ts";
import type { TestsEvidence } from "../../../registry/evidence.ts";
import type { ModelVersion } from "../../../registry/model.ts";
import type { CommandContext } from "../../context.ts";
import { namedPython } from "../../named-python.ts";
import { type OpenApprovals, openApprovals } from "./open-approvals.ts";
import { proverFor } from "./prover.ts";

/** What the command line said. */
export interface RequestFlags {
  readonly model: string;
  readonly env: string | undefined;
  readonly reason: string | undefined;
  readonly tests: boolean;
  readonly expiresDays: number | undefined;
  readonly python: string | undefined;
  readonly signWith: string | undefined;
}

/** @throws what `requestApproval`, `findModel` and `findPython` throw. */
export async function runRequest(
  context: CommandContext,
  flags: RequestFlags,
): Promise<ApprovalReport> {
  const open = await openApprovals(context);
  const { config, registry, clock, artifacts, actor } = open;
  const environment = flags.env ?? config.approval.environments[0] ?? "production";
  // Before the tests are run: they take long.
  checkEnvironment(environment, config.environments);
  const version = findModel(flags.model, registry.models);
  const tests = flags.tests
    ? await testsOf(version, { context, open, python: flags.python })
    : { because: "they were left out with --no-tests" };
  const prove = await proverFor(open, { context, environment, key: flags.signWith });
  const request = await requestApproval(
    {
      version,
      environment,
      environments: config.environments,
      reason: flags.reason?.trim() ?? "",
      evidence: await gatherEvidence(
        version,
        { tests, config },
        { artifacts, models: registry.models },
      ),
      policy: policyOf(config),
      expiresDays: flags.expiresDays ?? config.approval["expires-days"],
      actor,
      ...(prove === undefined ? {} : { prove }),
    },
    { registry, clock },
  );
  return reportApproval(request, clock.nowMs());
}

/** A pipeline that is not here, or no Python for it, is a reason; the request can do without where the policy does. */
async function testsOf(
  version: ModelVersion,
  given: {
    readonly context: CommandContext;
    readonly open: OpenApprovals;
    readonly python: string | undefined;
  },
): Promise<TestsEvidence> {
  const { context, open, python: flag } = given;
  const { environment, signal, wiring } = context;
  const { files, config } = open;
  const processes = await wiring.processes();
  try {
    const pipeline = await loadPipeline(version.pipeline, config.pipelines, files);
    const wish = { flag, pipeline: pipeline.name };
    const named = await namedPython(wish, context, files);
    const { executable } = await findPython({ named, environment, signal }, { files, processes });
    const timeoutMs = config.promote.timeout * 1000;
    return await runPipelineTests(
      { version, pipeline, python: executable, environment, timeoutMs, signal },
      { files, processes, events: context.events },
    );
  } catch (error) {
    // A wrong flag and Ctrl-C are no evidence.
    if (!(error instanceof MlopsError) || flag !== undefined || signal.aborted) throw error;
    return { because: error.message };
  }
}
