/** Codes about secrets and the environment. */
import type { Explanation } from "./explanation.ts";

export const secretExplanations: Readonly<Record<string, Explanation>> = {
  "secret-hidden": {
    what: "A cell holds a secret: a key of a known form, a password in an address, a text given to a name such as api_key, or the value of an environment variable.",
    why: "Generated files, the registry, the store and logs are shared and kept. The pipeline reads an environment variable in its place; nothing that mlops writes holds the value.",
    example: 'api_key = "…"   # becomes: api_key = os.environ["CHURN_API_KEY"]',
    fix: "Set the variable where the pipeline runs, and take the secret out of the notebook as well. Whoever saw the notebook has seen the secret: make a new one.",
  },
  "secret-not-movable": {
    what: "A cell holds a secret at a place where Python allows no expression, or where its quotes cannot be kept.",
    why: "It cannot be replaced by an edit at its place, and leaving it there would copy it into the package.",
    example: 'match user:\n    case "…": …',
    fix: 'Read it in a statement of its own: api_key = os.environ["API_KEY"], and use that name.',
  },
  "secret-in-module": {
    what: "A module of the project that the notebook imports holds a secret.",
    why: "The package and the store keep a copy of the module, unchanged, so the secret would be in both.",
    example: 'API_KEY = "…"   in helpers.py beside the notebook',
    fix: 'Read it there from an environment variable, os.environ["API_KEY"], and make a new key where this one was shared.',
  },
  "secret-in-file": {
    what: "A cell writes the value of a secret to a file.",
    why: "Files that steps write are kept in the store, where secrets must not be.",
    example: 'open("auth.json", "w").write(json.dumps({"key": api_key}))',
    fix: "Pass the secret to the library directly, or remove the cell from the notebook.",
  },
  "environment-variable-missing": {
    what: "The pipeline reads an environment variable that is not set.",
    why: "Steps that need it would fail, perhaps after hours.",
    example: "mlops run churn, without CHURN_API_KEY",
    fix: "Set it in the shell or as a secret of the CI system, and run the command again. The names are in pipeline.yaml and .env.example.",
  },
  "secret-in-parameter": {
    what: "A parameter of a run is, or looks like, a secret.",
    why: "Parameters are recorded with every run and shown in comparisons.",
    example: "mlops run churn --param api-key=…",
    fix: "Read it from an environment variable in the notebook, and promote again.",
  },
};
