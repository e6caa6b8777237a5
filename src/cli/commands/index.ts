/**
 * Every command, by the words a person types. One line each; the record is loaded when it is needed.
 * The order is the order in help within a group.
 */
import type { Command } from "../command.ts";

export const commands: Readonly<Record<string, () => Promise<Command>>> = {
  init: async () => (await import("./init.ts")).initCommand,
  promote: async () => (await import("./promote.ts")).promoteCommand,
  assess: async () => (await import("./assess.ts")).assessCommand,
  doctor: async () => (await import("./doctor.ts")).doctorCommand,
  run: async () => (await import("./run.ts")).runCommand,
  inspect: async () => (await import("./inspect.ts")).inspectCommand,
  verify: async () => (await import("./verify.ts")).verifyCommand,
  predict: async () => (await import("./predict.ts")).predictCommand,
  "runs list": async () => (await import("./runs/list.ts")).runsListCommand,
  "runs show": async () => (await import("./runs/show.ts")).runsShowCommand,
  "runs compare": async () => (await import("./runs/compare.ts")).runsCompareCommand,
  "runs rm": async () => (await import("./runs/rm.ts")).runsRmCommand,
  "pipelines list": async () => (await import("./pipelines/list.ts")).pipelinesListCommand,
  "pipelines show": async () => (await import("./pipelines/show.ts")).pipelinesShowCommand,
  "pipelines diff": async () => (await import("./pipelines/diff.ts")).pipelinesDiffCommand,
  "pipelines restore": async () => (await import("./pipelines/restore.ts")).pipelinesRestoreCommand,
  "models list": async () => (await import("./models/list.ts")).modelsListCommand,
  "models show": async () => (await import("./models/show.ts")).modelsShowCommand,
  "models register": async () => (await import("./models/register.ts")).modelsRegisterCommand,
  "models alias": async () => (await import("./models/alias.ts")).modelsAliasCommand,
  "models tag": async () => (await import("./models/tag.ts")).modelsTagCommand,
  "models request": async () => (await import("./models/request.ts")).modelsRequestCommand,
  "models requests": async () => (await import("./models/requests.ts")).modelsRequestsCommand,
  "models approve": async () => (await import("./models/approve.ts")).modelsApproveCommand,
  "models reject": async () => (await import("./models/reject.ts")).modelsRejectCommand,
  "models withdraw": async () => (await import("./models/withdraw.ts")).modelsWithdrawCommand,
  "models comment": async () => (await import("./models/comment.ts")).modelsCommentCommand,
  "models diff": async () => (await import("./models/diff.ts")).modelsDiffCommand,
  "models lineage": async () => (await import("./models/lineage.ts")).modelsLineageCommand,
  "models card": async () => (await import("./models/card.ts")).modelsCardCommand,
  "models audit": async () => (await import("./models/audit.ts")).modelsAuditCommand,
  "models export": async () => (await import("./models/export.ts")).modelsExportCommand,
  "models import": async () => (await import("./models/import.ts")).modelsImportCommand,
  "models verify": async () => (await import("./models/verify.ts")).modelsVerifyCommand,
  "models push": async () => (await import("./models/push.ts")).modelsPushCommand,
  "models pull": async () => (await import("./models/pull.ts")).modelsPullCommand,
  "models delete": async () => (await import("./models/delete.ts")).modelsDeleteCommand,
  "datasets list": async () => (await import("./datasets/list.ts")).datasetsListCommand,
  "datasets show": async () => (await import("./datasets/show.ts")).datasetsShowCommand,
  "datasets diff": async () => (await import("./datasets/diff.ts")).datasetsDiffCommand,
  "datasets snapshot": async () => (await import("./datasets/snapshot.ts")).datasetsSnapshotCommand,
  "datasets fetch": async () => (await import("./datasets/fetch.ts")).datasetsFetchCommand,
  serve: async () => (await import("./serve.ts")).serveCommand,
  deploy: async () => (await import("./deploy.ts")).deployCommand,
  explain: async () => (await import("./explain.ts")).explainCommand,
  clean: async () => (await import("./clean.ts")).cleanCommand,
  completion: async () => (await import("./completion.ts")).completionCommand,
};

/** What programs call and no help shows: the shell scripts of `mlops completion`. */
export const hiddenCommands: Readonly<Record<string, () => Promise<Command>>> = {
  "complete-words": async () => (await import("./complete-words.ts")).completeWordsCommand,
};

/** What a word stands for that only has commands below it (`mlops models list`). */
export const nouns: Readonly<Record<string, string>> = {
  runs: "Look at what was run, and forget it",
  pipelines: "Look at revisions of pipelines and bring one back",
  datasets: "Keep data by content, see what changed, share it and bring it back",
  models: "Register, compare, approve, share and check model versions",
};
