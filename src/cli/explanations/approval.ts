/** Codes of requests for approval, guarded aliases, the lock file, tags and deleted versions. */
import type { Explanation } from "./explanation.ts";

export const approvalExplanations: Readonly<Record<string, Explanation>> = {
  "approval-needed": {
    what: "The alias says what an environment runs, and .mlopsrc.yaml lets only an approval move it.",
    why: "Nothing reaches such an environment that a second person has not agreed to.",
    example: "mlops models alias churn@v3 production",
    fix: "Ask (mlops models request churn@v3 --env production); somebody else approves. In an emergency --force with --reason moves it, and both stay on record.",
  },
  "approval-open": {
    what: "A request for that version and environment is open, or approved and not used.",
    why: "Two requests for the same thing could be decided differently.",
    example: "mlops models request churn@v3, twice",
    fix: "Decide it (mlops models approve, reject) or take it back (mlops models withdraw), then ask again.",
  },
  "approval-unknown": {
    what: "No request has that number, or none for that version waits.",
    why: "An approval has to say what it approves.",
    example: "mlops models approve 99",
    fix: "See what there is: mlops models requests --all",
  },
  "approval-ambiguous": {
    what: "Several requests for that version wait, for different environments.",
    why: "Approving the wrong one would let the version into the wrong environment.",
    example: "mlops models approve churn@v3      (requested for staging and production)",
    fix: "Name the request by its number.",
  },
  "approval-needless": {
    what: "The environment runs that version already.",
    why: "An approval serves once; one that changes nothing would wait for a move that never comes.",
    example: "mlops models request churn@v3      (when production is churn@v3)",
    fix: "Nothing is to be done; mlops models requests churn@v3 --all shows who approved it.",
  },
  "approver-not-allowed": {
    what: "approval.approvers of .mlopsrc.yaml does not name who wants to approve.",
    why: "Who may approve is the team's decision, and in git.",
    example: "approval: { approvers: [grace@example.org] }, and Ada approves",
    fix: "Let one of the approvers do it, or change the list in a reviewed commit.",
  },
  "approver-is-author": {
    what: "Who wants to approve has asked for it, or has registered the version.",
    why: "Four eyes see more than two: approval.four-eyes asks for a second person.",
    example: "mlops models request churn, and mlops models approve by the same person",
    fix: "Let somebody else approve. Where there is nobody else: approval: { four-eyes: false }.",
  },
  "identity-not-authenticated": {
    what: "Nobody has checked that a person is who the machine says; anybody may type any name into git's configuration.",
    why: "Four eyes mean little where one person can be both.",
    example: "mlops models approve 12      (on a laptop, without a signature)",
    fix: "Approve where identities are checked (a CI job, a signature), or accept names as they are typed: approval: { identities: asserted }.",
  },
  "gate-certificate": {
    what: "The policy asks for a certificate, and the version has none for its code, or one that says the pipeline differs.",
    why: "Without it nothing shows that the pipeline computes what the notebook computed.",
    example: "mlops models approve 12      (of a pipeline that was edited after promotion)",
    fix: "mlops verify, then run and register again, and request the new version.",
  },
  "gate-thresholds": {
    what: "A metric misses a threshold of deploy.gates.",
    why: "The threshold says below which quality a model must not run.",
    example: "deploy: { gates: { churn: [{ metric: roc-auc, min: 0.9 }] } }",
    fix: "Train a better model, or change the threshold in a reviewed commit.",
  },
  "gate-tests": {
    what: "The policy asks for the pipeline's tests, and they failed or were not run.",
    why: "They hold what the generated code promises.",
    example: "approval: { require: [tests] }, and mlops models request churn --no-tests",
    fix: "Install pytest for the pipeline's Python, mend what fails, and request again.",
  },
  "gate-baseline": {
    what: "The policy asks for a model that is better than a constant predictor, and it is not, or could not be compared.",
    why: "A model that does no better than always giving the same answer is worth nothing.",
    example: "approval: { require: [baseline] }",
    fix: "Look at the metrics of the request; the reason stands beside them.",
  },
  "gate-champion": {
    what: "The policy asks for a model at least as good as the champion on the same rows, and it is not, or could not be compared.",
    why: "Replacing a better model by a worse one is the commonest silent regression.",
    example: "approval: { require: [champion] }",
    fix: "Look at the metrics of the request; the reason stands beside them.",
  },
  "gate-no-leakage": {
    what: "The policy asks for a check of leakage without findings.",
    why: "A model that has seen its test rows looks better than it is.",
    example: "approval: { require: [no-leakage] }",
    fix: "Mend what the request shows, train again and request the new version.",
  },
  "environment-unknown": {
    what: "The settings name no such environment.",
    why: "A misspelled environment would be approved, and nothing would run there.",
    example: "mlops models request churn --env prodution",
    fix: "Write one of environments in .mlopsrc.yaml, or add it there.",
  },
  "reason-missing": {
    what: "The command needs --reason.",
    why: "What is done against the policy, or closes somebody's request, has to say why, for whoever reads the record later.",
    example: "mlops models approve 12 --force",
    fix: 'Add --reason "why".',
  },
  "alias-unknown": {
    what: "The model has no such alias.",
    why: "What is not there cannot be removed; a misspelled name would look as if it had been.",
    example: "mlops models alias churn chamption --remove",
    fix: "See what there is: mlops models list",
  },
  "tag-invalid": {
    what: "The key of a tag has a character it may not have, or there is no = in it.",
    why: "Tags follow MLflow's rule, so that its clients can read them.",
    example: "mlops models tag churn@v3 owner",
    fix: "Write owner=ada; mlops models tag churn@v3 --remove owner takes it away.",
  },
  "model-version-in-use": {
    what: "An alias, a waiting request or mlops.lock.yaml names the version.",
    why: "Something would point at nothing.",
    example: "mlops models delete churn@v3      (when churn@champion is v3)",
    fix: "Point the alias at another version, or take the request back, then delete it.",
  },
  "lock-invalid": {
    what: "mlops.lock.yaml cannot be read, or says something that does not hold together.",
    why: "Deployments go by it; what cannot be read for sure is not guessed.",
    example: "a merge conflict left in mlops.lock.yaml",
    fix: "Bring the file back from git; mlops models approve and alias write it.",
  },
  "lock-contended": {
    what: "Other commands changed mlops.lock.yaml each time this one was about to.",
    why: "Their changes are kept; this command's is recorded in the registry, but not yet in the file.",
    example: "many mlops models approve at the same moment",
    fix: "Run mlops models verify, which says what is missing, then move the alias again.",
  },
};
