/** Codes of the command line itself, the settings, templates, and of finding Python. */
import type { Explanation } from "./explanation.ts";

export const generalExplanations: Readonly<Record<string, Explanation>> = {
  bug: {
    what: "mlops failed in a way that its authors did not foresee.",
    why: "Nothing you typed should end like this; the command may have stopped half-way, though files are only ever replaced as a whole.",
    example: "error: this is a bug in mlops, not a mistake of yours [bug]",
    fix: "Report the lines that were printed, with the command. Running the command again is safe.",
  },
  "usage-unknown-command": {
    what: "There is no such command.",
    why: "A misspelled command must not do something else.",
    example: "mlops promot churn.ipynb",
    fix: "Look at the suggestion, or at mlops --help.",
  },
  "usage-unknown-option": {
    what: "The command has no such option.",
    why: "An option that is silently ignored would change nothing while you believe it did.",
    example: "mlops init --pyton python3",
    fix: "Look at the suggestion, or at mlops COMMAND --help.",
  },
  "usage-missing-argument": {
    what: "An argument, or the value of an option, was left out.",
    why: "There is no value that would be right to assume.",
    example: "mlops promote",
    fix: "Add it; mlops COMMAND --help shows where.",
  },
  "usage-too-many-arguments": {
    what: "There are more words than the command takes.",
    why: "Often a file name with spaces was not quoted.",
    example: "mlops promote my notebook.ipynb",
    fix: 'Quote it: mlops promote "my notebook.ipynb"',
  },
  "usage-wrong-value": {
    what: "The value of an option is not of the kind it takes.",
    why: "It is refused before anything happens.",
    example: "mlops serve churn --port 80a",
    fix: "Give a value of the kind that the message names.",
  },
  "usage-conflicting-options": {
    what: "Two options were given of which only one can hold.",
    why: "Whichever was taken, the other would be silently ignored.",
    example: "mlops runs list --json --csv",
    fix: "Leave one of them out.",
  },
  "usage-missing-answer": {
    what: "A question came up and there was no terminal to ask it on.",
    why: "In scripts and CI nothing may wait for a person, and nothing is guessed.",
    example: "echo | mlops init",
    fix: "Pass the flag that the hint names, or --yes where there is a safe default.",
  },
  "explain-unknown-code": {
    what: "There is no error code of that name.",
    why: "Codes are the words in [brackets] at the end of messages.",
    example: "mlops explain python-mising",
    fix: "List all codes with mlops explain.",
  },
  "explain-unknown-schema": {
    what: "There is no published schema of that name.",
    why: "Schemas are named like the command whose --json document they describe.",
    example: "mlops explain --schema runs-list",
    fix: 'Type the words of the command, in quotes where there are two: mlops explain --schema "runs list"',
  },
  "config-unknown-key": {
    what: "A key in .mlopsrc.yaml is not known.",
    why: "A misspelled key would otherwise be a setting that silently does nothing.",
    example: '.mlopsrc.yaml:3 serve.prot is not a known key\nhint: did you mean "port"?',
    fix: "Correct or remove the key; mlops explain --schema config lists all.",
  },
  "config-wrong-value": {
    what: "A setting has a value of the wrong kind or outside its range.",
    why: "It may come from .mlopsrc.yaml, from an environment variable or from a flag: the message says which.",
    example: '.mlopsrc.yaml:12 serve.port must be a whole number from 0 to 65535, got "80a"',
    fix: "Give a value of the kind that the message names.",
  },
  "config-unreadable": {
    what: "What is called .mlopsrc.yaml is no file but a folder, a pipe or a device.",
    why: "Going on without the settings could run the wrong Python, or write to the wrong place.",
    example: "mkdir .mlopsrc.yaml",
    fix: "Move it away and run mlops init, which writes the file.",
  },
  "config-missing": {
    what: "A setting that another one needs is missing.",
    why: "There is no default that would be right for every project.",
    example: ".mlopsrc.yaml:9 deploy.gates.churn[0].metric is missing; it must be text",
    fix: "Add the key that the message names.",
  },
  "yaml-syntax": {
    what: "A YAML file cannot be read.",
    why: "Nothing in it can be trusted when its structure is unclear.",
    example: ".mlopsrc.yaml:4 not valid YAML: Map keys must be unique",
    fix: "Look at the line and the one above it: indentation, a missing quote, or a key that is there twice.",
  },
  "python-missing": {
    what: "No Python could be started.",
    why: "Notebooks and pipelines run in your own Python; mlops brings none.",
    example: "error: no Python found; tried python3, python [python-missing]",
    fix: "Install Python 3.10 or newer, activate the environment you use, or name an interpreter: --python PATH, or python: in .mlopsrc.yaml.",
  },
  "python-too-old": {
    what: "The Python that was found is older than 3.10.",
    why: "Generated pipelines and the observer use features of 3.10, and older versions get no security fixes.",
    example: "error: python3 is Python 3.8.19; 3.10 or newer is needed [python-too-old]",
    fix: "Install a newer Python beside it and name it: --python python3.12, or python: in .mlopsrc.yaml.",
  },
  "python-syntax-error": {
    what: "A cell is not valid Python.",
    why: "Its statements cannot be analyzed, so a step that needs them cannot be made; the other cells still are.",
    example: "churn.ipynb, cell 4, line 3: invalid syntax",
    fix: "Open the notebook at that cell and line, correct it, and run the command again.",
  },
  "analysis-too-large": {
    what: "The analysis reached its limit of steps at a statement of the notebook.",
    why: "Going on would take minutes or longer; leaving the statement out would make a pipeline that is silently wrong.",
    example:
      "churn.ipynb, cell 7, line 2: what this may read and change cannot be worked out in reasonable time",
    fix: "Move the code that the statement calls into a module beside the notebook and import it, or split the statement.",
  },
  "template-not-yaml": {
    what: "A template is not valid YAML.",
    why: "Templates are filled by their structure; broken ones cannot be filled safely.",
    example: "name: [__NAME__",
    fix: "Restore the template, or correct what was changed in it.",
  },
  "template-hole-unfilled": {
    what: "A template has a hole that this version does not fill.",
    why: "The text __NAME__ would end up in a file that is used in production.",
    example: "replicas: __REPLIKAS__",
    fix: "Correct the name of the hole, or remove it.",
  },
  "template-hole-unused": {
    what: "A value was made for a hole that the template no longer has.",
    why: "Something that should be in the file would silently be missing.",
    example: "a workflow template without __SCHEDULE__",
    fix: "Put the hole back where its value belongs.",
  },
  "template-hole-partial": {
    what: "A hole is only a part of a longer text.",
    why: "Only whole values are filled, so that no value can break the structure around it.",
    example: "image: registry/__IMAGE__:latest",
    fix: "Make the whole value one hole.",
  },
  "template-hole-misplaced": {
    what: "A hole stands where a key belongs.",
    why: "A value of any kind may come there, and only texts can be keys.",
    example: "__NAME__: 1",
    fix: "Make the mapping the hole.",
  },
};
