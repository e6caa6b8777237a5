/** What goes wrong with Python children once they were started. */
import type { Explanation } from "./explanation.ts";

export const pythonWorkerExplanations: Readonly<Record<string, Explanation>> = {
  "step-unknown": {
    what: "--from, --only or --force names a step that the pipeline does not have.",
    why: "Running something else, or nothing, would look like success.",
    example: "mlops run churn --from trian",
    fix: "Use one of the names in the message; they are those of pipeline.yaml.",
  },
  "step-not-current": {
    what: "--only forbids to execute a step whose result another chosen step needs, and that result is not up to date.",
    why: "The chosen step would run on data of another code, another parameter or another file than there is now.",
    example: "mlops run churn --only train, after load.py was edited",
    fix: "Name the earlier step with --only, too, or leave --only out: steps that are up to date are not executed anyway.",
  },
  "environment-changed": {
    what: "The packages of the interpreter were changed between the start of the run and the start of a Python process of it.",
    why: "Steps of one run would have been computed by different versions of a library, and the record would name only one.",
    example: "pip install --upgrade pandas in another terminal during mlops run",
    fix: "Run it again when the installation is done. Steps that finished are kept where they are still valid.",
  },
  "worker-timeout": {
    what: "A call to a Python process did not finish in its time. The process and everything it started were ended.",
    why: "A notebook or step that waits for input, a network or a lock would otherwise keep the command waiting for ever.",
    example: "while not os.path.exists('ready'): time.sleep(1)",
    fix: "Raise the limit with --timeout, or remove what the code waits for.",
  },
  "worker-interrupted": {
    what: "The command was stopped while a Python process was working. The process was ended.",
    why: "What it left behind is unknown, so that its step counts as not run.",
    example: "Ctrl-C during mlops run churn",
    fix: "Run the command again: steps that had finished are not repeated.",
  },
  "worker-died": {
    what: "A Python process ended by itself in the middle of a call. Its last words are shown.",
    why: "Usually it was out of memory (killed by SIGKILL) or a native library crashed (SIGSEGV).",
    example: "The Python worker ended by SIGKILL.",
    fix: "Give it more memory or less data; for a crash, run the step by itself with `python -m <package> step NAME` and look at the library named last.",
  },
  "worker-protocol": {
    what: "A Python process answered with something that is no answer.",
    why: "Code that writes to file descriptors it did not open, or a damaged installation, can do that; nothing it says can be trusted then.",
    example: "os.write(64, b'...')",
    fix: "Look for code that writes to file descriptors by number; else reinstall mlops.",
  },
  "worker-failed": {
    what: "A Python process failed at something that is not your code. Its traceback is attached.",
    why: "This is a mistake of mlops, or a library that is missing in your environment.",
    example: "worker-failed: ModuleNotFoundError: No module named 'pandas'",
    fix: "Install what is missing; otherwise report it with the traceback that --verbose shows.",
  },
  "step-refused": {
    what: "A step could not be started: an input, a parameter or the random state it continues is missing, or its result could not be stored.",
    why: "Running it with something else instead would give another result without saying so.",
    example: "step 'train' needs 'x-train', which step 'split' makes; run that step first",
    fix: "Do what the message says, usually: run the earlier step in the same run first.",
  },
  "package-missing": {
    what: "The pipeline's folder holds no generated Python package.",
    why: "The steps are functions of that package.",
    example: "pipelines/churn without pipelines/churn/churn/_runtime.py",
    fix: "Promote the notebook again, or restore the package from git.",
  },
  "package-shadowed": {
    what: "Importing the pipeline's package found another module of the same name.",
    why: "Other code than the pipeline's would have run.",
    example: "a pipeline named `statistics` where the standard library has a module of that name",
    fix: "Promote under another name with --name.",
  },
  "model-not-loaded": {
    what: "A worker was asked for a prediction before it had loaded a model.",
    why: "There is nothing it could answer with.",
    example: "a prediction sent while the worker was starting",
    fix: "Wait until the server says that it is ready; if it is, this is a mistake of mlops: report it.",
  },
  "predict-failed": {
    what: "The model could not answer a row. The other rows of the request were answered.",
    why: "The feature code or the model raised an exception on what the row holds.",
    example: "ValueError: could not convert string to float: 'many'",
    fix: "Check the row against the contract; tighten the contract if such rows should be refused earlier.",
  },
};
