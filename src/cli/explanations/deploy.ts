/** Explanations of what `mlops deploy` says. */
import type { Explanation } from "./explanation.ts";

export const deployExplanations: Readonly<Record<string, Explanation>> = {
  "deploy-level-unavailable": {
    what: "The level or target you asked for is not part of this version.",
    why: "Files that look like a deployment but do nothing would be worse than none.",
    example: "mlops deploy --level 2 --target kserve",
    fix: "mlops deploy --level 1 --target github",
  },
  "schedule-invalid": {
    what: "The schedule is not a cron expression that GitHub can run.",
    why: "GitHub ignores a schedule that it does not understand, so training would silently never start.",
    example: 'mlops deploy --level 1 --schedule "@weekly"',
    fix: 'Five fields in UTC: minute, hour, day of month, month, day of week. For Mondays at 03:00: --schedule "0 3 * * 1".',
  },
  "steps-disagree": {
    what: "pipeline.yaml, _pipeline.py and the step functions do not say the same.",
    why: "The package runs by _pipeline.py, people read and edit pipeline.yaml. Where they differ, one of them is wrong.",
    example:
      "pipeline.yaml gives step train the parameter max-depth; train.py takes no such argument.",
    fix: "Change the one that is wrong; both places are named. Promoting the notebook again makes all of them new and keeps your decisions.",
  },
  "requirements-missing": {
    what: "The pipeline has no requirements.txt.",
    why: "CI starts from nothing and would not know what to install.",
    example: "rm pipelines/churn/requirements.txt && mlops deploy --level 1",
    fix: "Bring the file back from git, or promote the notebook again.",
  },
  "lock-without-hashes": {
    what: "requirements.lock has a line without a hash.",
    why: "pip installs from a lock with --require-hashes, and then every line needs one.",
    example: "pandas==3.0.0   (and no --hash=sha256:…)",
    fix: "Remove requirements.lock and promote again: mlops promote churn.ipynb makes it with hashes where uv, or pip 23 and newer, reaches a package index.",
  },
  "deploy-variable-needed": {
    what: "The pipeline reads an environment variable, and the generated workflow passes it on from the settings of the repository.",
    why: "A secret never stands in a generated file. Until it is set there, the job stops before it trains and names what is missing. Names that begin with GITHUB_ cannot be kept there; those begin with the name of the pipeline instead.",
    example: "CHURN_API_KEY: ${{ secrets.CHURN_API_KEY }}",
    fix: "Set it once, in the repository's settings or with gh secret set CHURN_API_KEY (gh variable set for what is no secret).",
  },
  "gate-metric-unknown": {
    what: "A threshold in .mlopsrc.yaml names a metric that no step computes.",
    why: "A gate on a metric that is never there would either fail every run or guard nothing.",
    example:
      "deploy: { gates: { churn: [{ metric: roc_auc, min: 0.8 }] } }   (the metric is called roc-auc)",
    fix: "Use one of the metrics in pipeline.yaml; the message lists them.",
  },
  "python-without-image": {
    what: "There is no pinned base image for the Python version of the pipeline.",
    why: "An image by a floating tag may be another one tomorrow, so none is guessed.",
    example: 'python: "3.9" in pipeline.yaml',
    fix: "Promote the notebook with one of the versions that the message lists.",
  },
  "pipeline-root-outside": {
    what: "The working directory of the steps lies outside the project.",
    why: "Neither a checkout in CI nor an image contains what is outside.",
    example: "root: ../../.. in pipelines/churn/pipeline.yaml",
    fix: "Move the notebook and its data into the project, or set root to a folder inside it.",
  },
  "deploy-data-missing": {
    what: "A file that the pipeline reads is not in the project.",
    why: "CI checks out the repository and nothing else; the training job would fail at its first step.",
    example: "reads: [data/churn.csv], and data/ is not in the folder.",
    fix: "Put the data into the repository, or add a step to the workflow that fetches it before the tests. Edits of the workflow are kept.",
  },
  "deploy-no-quality-gate": {
    what: "No threshold is configured for the pipeline.",
    why: "The job shows the metrics, but nothing stops a model that is worse than before.",
    example: "mlops deploy --level 1, and .mlopsrc.yaml has no deploy.gates",
    fix: "deploy: { gates: { churn: [{ metric: roc-auc, min: 0.8 }] } } in .mlopsrc.yaml, then deploy again.",
  },
  "deploy-not-recorded": {
    what: "The files were made, but the registry here knows no revision of the pipeline.",
    why: "A deployment is recorded with the revision it deploys; without one its lineage would dangle.",
    example: "mlops deploy --level 1 in a fresh clone: .mlops is not in git",
    fix: "Promote the notebook here, then deploy again.",
  },
  "manifest-image-floating": manifest(
    "An image of the generated files is not pinned by digest.",
    "FROM python:3.11",
  ),
  "manifest-image-root": manifest(
    "The generated image would run as root.",
    "a Dockerfile without USER",
  ),
  "manifest-path-missing": manifest(
    "A generated file names a path that is not in the project.",
    "COPY params.yaml, and there is none",
  ),
  "manifest-not-a-workflow": manifest(
    "A generated workflow cannot be read as one.",
    "a template without jobs",
  ),
  "manifest-action-floating": manifest(
    "A generated workflow uses an action that is not pinned by commit.",
    "uses: actions/checkout@v7",
  ),
  "manifest-step-unknown": manifest(
    "A generated workflow runs a step that the pipeline does not have.",
    "python -m churn step trian",
  ),
  "manifest-failure-swallowed": manifest(
    "A generated workflow would not notice that a command fails.",
    "python -m pytest tests || true",
  ),
};

function manifest(what: string, example: string): Explanation {
  return {
    what,
    why: "Generated files are checked against each other and the project before anything is written; nothing was.",
    example,
    fix: "If the message names a file of your pipeline, bring it back. Otherwise a template of the installation is damaged: install again.",
  };
}
