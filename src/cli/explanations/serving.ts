import type { Explanation } from "./explanation.ts";

/** What `mlops serve` refuses, and what the gateway answers with instead of a prediction. */
export const servingExplanations: Readonly<Record<string, Explanation>> = {
  "model-version-unknown": {
    what: "The registry has no model version, or no alias, of this name.",
    why: "Serving the nearest match could put the wrong model in front of users.",
    example: "mlops serve churn@v9     # there are v1 and v2",
    fix: "Type one of the names in the hint, or run the pipeline that trains the model.",
  },
  "model-not-servable": {
    what: "The model version has no valid contract.json or no code to answer with.",
    why: "Without a contract nothing says which columns a request must have, and a wrong request would be answered with a wrong number instead of an error.",
    example: "mlops serve prices@v1    # logged without a raw table",
    fix: "Promote a notebook whose model is trained from a raw table, then run the pipeline: its versions carry a contract.",
  },
  "model-bytes-missing": {
    what: "The store no longer has a file of the model version, or its bytes do not match its digest.",
    why: "A model put together from what is left would not be the one that was registered and verified.",
    example: "rm -r .mlops/store/blobs/3f",
    fix: "Restore the store from a backup, or run the pipeline again: equal content gets the same digest.",
  },
  "model-corrupt": {
    what: "A file of the model's folder is not what the registry recorded, or a file was added.",
    why: "Models are deserialized by code, so a changed file could run anything; nothing is loaded before all digests match.",
    example: "touch .mlops/models/churn/v1/code/churn/extra.py   # while mlops serve starts",
    fix: "Start again: the folder is put together anew from the store. If it happens again, find out what writes there.",
  },
  "model-load-failed": {
    what: "The Python worker could not load the model: an import failed or the stored estimator did not unpickle.",
    why: "The interpreter lacks packages that the model was trained with, or has versions that cannot read it.",
    example: "ModuleNotFoundError: No module named 'sklearn'",
    fix: "Install the requirements.txt of the model's folder into the interpreter, or name another one by --python.",
  },
  "input-missing": {
    what: "The file to be scored is not there.",
    why: "There is nothing to score.",
    example: "mlops predict churn@v1 --input nwe.csv --out answers.csv",
    fix: "Check the path; it is relative to the folder you are in.",
  },
  "csv-malformed": {
    what: "The file is not CSV as RFC 4180 has it: a quote is not closed, a record has another number of fields than the header, or a name stands twice in the header.",
    why: "Guessing where a field ends would move values into other columns.",
    example: "plan,tenure\nbasic,12,7",
    fix: "Correct the line that is named, or export the file again with commas and quotes.",
  },
  "port-unavailable": {
    what: "The address cannot be listened on: another program has the port, or this user may not use it.",
    why: "Taking another port silently would leave clients talking to the wrong program.",
    example: "mlops serve churn@v1 --port 8080     # while another server runs there",
    fix: "Stop the other program, or choose a port by --port; 0 takes any free one.",
  },
  "request-malformed": {
    what: "The body of a request, or its path, does not have the form its protocol asks for.",
    why: "Guessing what was meant could answer a different question.",
    example: '{"rows": {"tenure": 12}}',
    fix: 'Send {"rows": [{"tenure": 12, …}]}; the message names the place.',
  },
  "request-not-json": {
    what: "The body of a request is not JSON in UTF-8.",
    why: "All protocols of the gateway carry JSON.",
    example: "{rows: []}",
    fix: "Quote keys and strings with double quotes; NaN and Infinity are not JSON, a missing value is null.",
  },
  "request-unsupported": {
    what: "The request uses a content type, compression or extension that the gateway does not read.",
    why: "Reading it as plain JSON would be wrong.",
    example: "curl -d '{}' http://127.0.0.1:8080/predict     # curl says it is a form",
    fix: "Send the header content-type: application/json and an uncompressed body.",
  },
  "request-too-large": {
    what: "The body is larger than the limit.",
    why: "A limit keeps one client from taking the memory of all.",
    example: "a request of 20 MB",
    fix: "Split the rows over several requests, or score them in batch with mlops predict.",
  },
  "request-too-many-rows": {
    what: "The request has more rows than are answered at once.",
    why: "One long request would hold up all others.",
    example: "20,000 rows in one /predict",
    fix: "Split the rows over several requests, or score them in batch with mlops predict.",
  },
  "request-no-rows": {
    what: "The request asks about no rows at all.",
    why: "An empty answer would hide a mistake in the client.",
    example: '{"rows": []}',
    fix: "Send at least one row.",
  },
  "request-host-refused": {
    what: "The Host header names a host that this server does not answer for.",
    why: "A web page can make a browser send requests to this machine under a name of its own (DNS rebinding).",
    example: "Host: evil.example",
    fix: "Call the server as localhost or 127.0.0.1, or allow the name with --allow-host.",
  },
  "request-origin-refused": {
    what: "The request comes from a web page of another origin.",
    why: "Any page a person visits could otherwise use the model on their machine.",
    example: "Origin: https://evil.example",
    fix: "Call the server from a program, or through a web server of your own.",
  },
  "route-unknown": {
    what: "There is nothing at this path.",
    why: "The gateway answers /predict, /v2/…, /v1/models/NAME:predict, /invocations, /health, /ping, /version and /metrics.",
    example: "POST /predictions",
    fix: "Correct the path.",
  },
  "method-not-allowed": {
    what: "The path exists but answers another method.",
    why: "Predictions are asked by POST, everything else by GET.",
    example: "GET /predict",
    fix: "Use the method in the allow header of the answer.",
  },
  "model-unknown": {
    what: "The path names a model or version that this gateway does not serve.",
    why: "A gateway serves one model version; another one would give other answers.",
    example: "POST /v2/models/prices/infer on a gateway for churn",
    fix: "Correct the name; GET /v1/models says which model is served.",
  },
  "contract-violated": {
    what: "Rows of the request do not fulfil the model's contract: a column is missing, unknown, of the wrong type, null, or has a value that is refused.",
    why: "The model was trained on other data, so its answer would mean nothing.",
    example:
      'rows[1]: column "tenure" must be a whole number (at most 2^53 − 1), got the string "twelve"',
    fix: "Correct the column and row that the message names; rows count from 0. contract.json in the model's folder lists all columns.",
  },
  "prediction-failed": {
    what: "The model raised an error for rows that fulfil the contract, or answered something its contract does not allow.",
    why: "The contract cannot describe everything that the feature code expects.",
    example: "rows[0]: the model failed: ValueError: Found unknown categories ['gold'] in column 3",
    fix: "Look at the row that is named. If it is a good row, the notebook's feature code needs to handle it.",
  },
  "prediction-timeout": {
    what: "The model did not answer in time; its worker was replaced.",
    why: "A worker that hangs would block all requests behind it.",
    example: "10,000 rows for a slow model in one request",
    fix: "Send fewer rows at once, or start more workers with --workers.",
  },
  "model-not-ready": {
    what: "No Python worker is running at this moment.",
    why: "They died and are being started again; the pauses grow while they keep dying.",
    example: "the system killed the workers because memory ran out",
    fix: "Try again after the seconds in the retry-after header. The server's own output says why they died.",
  },
  "gateway-overloaded": {
    what: "All workers have as many requests as they may.",
    why: "A queue without end would make every answer late.",
    example: "100 requests at once to one worker",
    fix: "Try again after the seconds in the retry-after header, or start more workers with --workers.",
  },
  "gateway-error": {
    what: "The gateway itself failed.",
    why: "It is a bug; details are in the server's own output, under the request id, and not told to clients.",
    example: '{"id": "…", "error": {"code": "gateway-error", …}}',
    fix: "Report it with the server's output for that request id.",
  },
};
