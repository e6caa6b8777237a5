/** Codes of the registry, the artifact store, written files, runs and model versions. */
import type { Explanation } from "./explanation.ts";

export const registryExplanations: Readonly<Record<string, Explanation>> = {
  "registry-newer": {
    what: "A newer mlops has written this registry.",
    why: "Its tables have a form this version does not know; guessing could destroy records.",
    example: "mlops runs list      (with an older mlops than the one that ran last)",
    fix: "Update mlops, then run the command again. A copy from before the migration lies beside the file, as registry.db.v<number>.backup.",
  },
  "registry-foreign": {
    what: "The file where the registry should be is another program's SQLite database.",
    why: "Nothing was changed in it; its tables are not ours to touch.",
    example: "cp customers.db .mlops/registry.db && mlops runs list",
    fix: "Move the file away; mlops makes a new registry.",
  },
  "registry-locked": {
    what: "Another process held the registry longer than this command waited.",
    why: "Writers take turns; a turn is milliseconds unless a process was stopped in the middle of one.",
    example: "an mlops command stopped by Ctrl-Z while it wrote",
    fix: "End or resume the other command, then try again.",
  },
  "registry-corrupt": {
    what: "The registry, or something in it, cannot be read.",
    why: "A value that cannot be read is never guessed, because decisions rest on it.",
    example: "echo broken > .mlops/registry.db && mlops runs list",
    fix: "Move .mlops/registry.db away and put back a copy. Without one, promote and run again; the artifacts in .mlops/store are still used.",
  },
  "registry-unwritable": {
    what: "The registry's file or folder cannot be opened or written.",
    why: "Nothing can be recorded, so nothing is done.",
    example: "chmod -w .mlops && mlops run churn",
    fix: "Check permissions, and that the disk is healthy. SQLite needs a local disk: network folders are not one.",
  },
  "disk-full": {
    what: "There is no room left on the disk.",
    why: "What was not written whole was not written at all.",
    example: "mlops run churn      (on a full disk)",
    fix: "Make room, then run the command again; what was finished is kept.",
  },
  "store-unwritable": {
    what: "The artifact store cannot be written.",
    why: "Results that are not stored could not be verified or served later.",
    example: "chmod -w .mlops/store && mlops run churn",
    fix: "Check who owns the folder and that no file has its name.",
  },
  "store-corrupt": {
    what: "A document of the artifact store cannot be read.",
    why: "It was changed or damaged after it was written.",
    example: "a manifest.json that was edited by hand",
    fix: "Run the step again with --force.",
  },
  "file-missing": {
    what: "A file that was to be stored is not there.",
    why: "It was there a moment before, so something removed it meanwhile.",
    example: "rm pipelines/churn/churn/train.py      (while mlops models register runs)",
    fix: "Bring the file back, then run the command again.",
  },
  "output-folder-taken": {
    what: "The folder to be written holds files that mlops did not make.",
    why: "Nothing of yours is ever overwritten.",
    example:
      "mkdir -p pipelines/churn && touch pipelines/churn/notes.txt && mlops promote churn.ipynb",
    fix: "Move the folder away or choose another name or place.",
  },
  "revision-unknown": {
    what: "The registry has no such pipeline revision.",
    why: "A certificate or command can only speak of a revision that is on record.",
    example: "churn:r9 where r3 is the newest",
    fix: "See which there are, or promote the notebook in this checkout.",
  },
  "model-reference-invalid": {
    what: "That is not a way to write a model.",
    why: "Versions, aliases and revisions look alike; guessing could take the wrong model.",
    example: "mlops models show churn:v3",
    fix: "Write churn (the newest), churn@v3 or churn@champion.",
  },
  "revision-reference-invalid": {
    what: "That is not a way to write a pipeline or one of its revisions.",
    why: "A colon and r name a revision of a pipeline; an @ names a version of a model.",
    example: "churn@r3",
    fix: "Write churn or churn:r3.",
  },
  "alias-invalid": {
    what: "That word cannot be an alias.",
    why: "MLflow's rule: letters, digits, _ and -; latest and v with a number mean versions already.",
    example: "mlops models alias churn@v3 v4",
    fix: "Choose another word, like champion.",
  },
  "run-in-progress": {
    what: "A pipeline is running, or began to run while the command was at work.",
    why: "Its values are being written and are not all on record, so nobody can tell what nothing refers to.",
    example: "mlops clean          (in another terminal: mlops run churn)",
    fix: "Wait until it has ended, then repeat the command. What was freed before is whole bytes that nothing referred to.",
  },
  "run-has-model": {
    what: "A model version came from this run.",
    why: "The run is the version's lineage: parameters, data and code that made it.",
    example: "mlops runs rm 4f2a9c",
    fix: "Leave this run out. It costs a few rows; its values are kept once, for the model too.",
  },
  "run-unknown": {
    what: "The registry has no such run.",
    why: "Registries are local: a run of another machine or checkout is not in this one.",
    example: "mlops runs show 000000",
    fix: "Look at mlops runs list, and type at least 6 digits of the id.",
  },
  "run-prefix-ambiguous": {
    what: "Several runs start with these digits.",
    why: "Taking one of them would be a guess.",
    example: "mlops runs show 4f2a9c",
    fix: "Type more digits of the run you mean.",
  },
  "run-exists": {
    what: "A run with this id is on record already.",
    why: "Run ids are never used twice.",
    example: "importing a run a second time",
    fix: "Use the run that is there.",
  },
  "run-already-finished": {
    what: "A run that has ended cannot change.",
    why: "It may have been marked as interrupted because its process was not found, for instance from another container.",
    example: "two containers that share one .mlops folder",
    fix: "Start a new run; it takes the finished steps from the store.",
  },
  "run-not-succeeded": {
    what: "Only a run that succeeded makes a model version.",
    why: "A failed or interrupted run may have left a model of something else.",
    example: "mlops models register churn --run 4f2a9c      (a run that failed)",
    fix: "Run the pipeline again.",
  },
  "run-artifact-missing": {
    what: "Something the run made is no longer in the store, or the run never made it.",
    why: "Without those bytes there is no model version.",
    example: "rm -r .mlops/store && mlops models register churn",
    fix: "Run the pipeline again with --force.",
  },
  "run-code-changed": {
    what: "The pipeline's code is no longer what the run executed.",
    why: "A model version holds model and code; they must belong together.",
    example: "edit pipelines/churn/churn/train.py, then mlops models register churn",
    fix: "Run the pipeline again, then register.",
  },
  "no-run": {
    what: "No run of this pipeline has succeeded yet.",
    why: "A model version is made of a run.",
    example: "mlops promote churn.ipynb && mlops models register churn",
    fix: "mlops run churn",
  },
  "no-model": {
    what: "The pipeline fits no model.",
    why: "Only an estimator that was fitted can be registered.",
    example: "a notebook that only cleans data",
    fix: "Register works for pipelines that fit a scikit-learn style estimator.",
  },
  "deployment-transition-illegal": {
    what: "This cannot happen to a deployment in its state.",
    why: "A deployment goes from pending to live, draining and gone, and never back.",
    example: "draining a deployment that never came up",
    fix: "Look at mlops status, then make a new deployment.",
  },
  "approval-transition-illegal": {
    what: "This cannot happen to an approval request in its state.",
    why: "A decision that was made stays; it is part of the record.",
    example: "approving a request that was rejected",
    fix: "Open a new request.",
  },
  "approval-expired": {
    what: "The request or its approval is past its time.",
    why: "An approval speaks of what was known then.",
    example: "deploying on an approval of last month",
    fix: "Open a new request.",
  },
};
