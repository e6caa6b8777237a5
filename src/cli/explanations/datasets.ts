import type { Explanation } from "./explanation.ts";

/** What `mlops datasets` refuses or finds. */
export const datasetExplanations: Readonly<Record<string, Explanation>> = {
  "datasets-lock-invalid": {
    what: "datasets.lock.yaml cannot be read, or names a path that leaves the project or lies in .git or .mlops.",
    why: "The file comes with the repository and says where bytes are put; a path outside could overwrite anything.",
    example: "datasets:\n  ../../.bashrc: { digest: sha256:…, bytes: 12 }",
    fix: "Bring the file back from git, or take the snapshot again; nothing has to be edited by hand.",
  },
  "dataset-path-leaves": {
    what: "A symlink on the way to the data leads out of the project, or into .git or .mlops.",
    why: "Following it would share, or write over, files that are not the project's.",
    example: "ln -s /mnt/big data && mlops datasets snapshot data",
    fix: "Put the data inside the project. What stays outside cannot be kept by content here.",
  },
  "dataset-path-invalid": {
    what: "The path cannot be a dataset: it is outside the project, or in .git or .mlops.",
    why: "A clone elsewhere could not put it back at the same place.",
    example: "mlops datasets snapshot ../churn.csv",
    fix: "Move the file into the project and name it there.",
  },
  "dataset-missing": {
    what: "The file or folder is not there.",
    why: "There is nothing to keep.",
    example: "mlops datasets snapshot data/chrun.csv",
    fix: "Check the path, or bring the file back by mlops datasets fetch.",
  },
  "dataset-commit-unreadable": {
    what: "The commit has a datasets.lock.yaml, and git does not give its text.",
    why: "Comparing with nothing instead would say that every dataset was added.",
    example: "mlops datasets diff --since v1   # in a partial clone, away from its remote",
    fix: "Fetch the commit; git fsck tells whether the repository is damaged.",
  },
  "dataset-commit-unknown": {
    what: "What --since or --until names is no commit, branch or tag of this repository.",
    why: "Comparing with something else would say that nothing, or everything, changed.",
    example: "mlops datasets diff --since mian",
    fix: "Look at git log or git branch; a revision of a pipeline is written churn:r2.",
  },
  "dataset-changed": {
    what: "The file was written while it was being copied into the store.",
    why: "The copy could be half old and half new, which nobody ever had.",
    example: "mlops datasets snapshot data/log.csv   # while an export still runs",
    fix: "Wait until nothing writes the file, then take the snapshot again.",
  },
  "dataset-pattern": {
    what: "The pipeline reads a pattern such as data/*.csv, which is no path.",
    why: "Which files belong to it depends on what happens to be there; naming them says it.",
    example: "mlops datasets snapshot --pipeline sales",
    fix: "Name the files, or the folder they are in: mlops datasets snapshot data.",
  },
  "dataset-unknown": {
    what: "datasets.lock.yaml does not name the path.",
    why: "Only what was recorded has a digest that can be brought back and checked.",
    example: "mlops datasets fetch data/chrun.csv",
    fix: "Type one of the paths in the hint, or record the file by mlops datasets snapshot.",
  },
  "dataset-version-unknown": {
    what: "The digits after @ stand for no recorded version of the file, or for several.",
    why: "Taking the nearest would train on other data than was asked for.",
    example: "mlops datasets fetch data/churn.csv@000000",
    fix: "Type more digits of one of the digests in the hint; a whole digest is always accepted.",
  },
  "dataset-differs": {
    what: "The file on disk has other content than was asked for; it was left as it is.",
    why: "It may be your newest data, which nobody has recorded yet.",
    example: "echo more >> data/churn.csv && mlops datasets fetch",
    fix: "Record it by mlops datasets snapshot, or replace it by --force; it is kept in .mlops/store first.",
  },
  "dataset-unavailable": {
    what: "Neither the project's store nor the shared one has the bytes.",
    why: "The digest alone says what the data was, not what is in it.",
    example: "mlops datasets fetch   # in a clone, without store: in .mlopsrc.yaml",
    fix: "Set store: to the shared folder, bucket or address; if that one lacks it, take the snapshot again where the file is.",
  },
  "dataset-corrupt": {
    what: "A store has bytes under the digest that do not match it. They were thrown away; a folder moves them to its quarantine folder.",
    why: "Training on damaged data would be silently wrong.",
    example: "a disk error in blobs/3f/3f8a21…",
    fix: "Remove the blob from the bucket or server (in a folder it is out of the way), take the snapshot again where the file is whole, then fetch.",
  },
};
