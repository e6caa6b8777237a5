/**
 * Open Inference Protocol v2 (REST): `POST /v2/models/NAME[/versions/V]/infer`.
 * One input tensor per raw column, shape [n] or [n, 1]; a null is JSON `null` in `data`, because v2 has no other way.
 * Outputs: `label` [n], and `probabilities` [n, classes] when the model gives them; its class names are in `parameters.classes`.
 * The binary tensor extension is refused by the gateway, never misread.
 */
import type { Result } from "../../base/result.ts";
import { err, ok } from "../../base/result.ts";
import type { ContractColumn } from "../../contract/schema.ts";
import type { Refusal } from "../refusal.ts";
import { malformed } from "../refusal.ts";
import type { ServedModel } from "../served-model.ts";
import { outputTensors } from "./inference-v2-outputs.ts";
import type { PredictionRequest, Protocol, RequestContext } from "./protocol.ts";
import { checkRowCount, firstRowFailure, isRecord } from "./protocol.ts";

const INTEGERS = [
  "INT8",
  "INT16",
  "INT32",
  "INT64",
  "UINT8",
  "UINT16",
  "UINT32",
  "UINT64",
] as const;

/** Tensor datatypes that may carry a column of each type. The first is the one announced. */
const DATATYPES: Readonly<Record<ContractColumn["type"], readonly string[]>> = {
  bool: ["BOOL"],
  int64: ["INT64", ...INTEGERS.filter((datatype) => datatype !== "INT64")],
  float64: ["FP64", "FP32", "FP16", ...INTEGERS],
  string: ["BYTES"],
  timestamp: ["BYTES"],
};

/** How MLServer's clients mark plain values; any other codec would mean that `data` is something else. */
const PLAIN_CONTENT_TYPES: readonly unknown[] = [undefined, "pd", "np", "str"];

/** The protocol of `/v2/models/NAME/infer`. */
export const inferenceV2Protocol: Protocol = {
  name: "v2",
  parseRequest,
  renderAnswers: ({ id, model, answers, outputs }) => {
    const failure = firstRowFailure(answers);
    if (failure !== undefined) return err(failure);
    const tensors = outputTensors(model.contract, answers);
    if (!tensors.ok) return tensors;
    const unknown = outputs?.find((name) => !tensors.value.some((tensor) => tensor.name === name));
    if (unknown !== undefined) return err(malformed(`this model has no output "${unknown}"`));
    const wanted = tensors.value.filter((tensor) => outputs?.includes(tensor.name) ?? true);
    return ok({
      model_name: model.name,
      model_version: String(model.version),
      id,
      outputs: wanted,
    });
  },
  renderRefusal: ({ message }) => ({ error: message }),
};

/** `GET /v2/models/NAME`: the tensors a request must have. */
export function renderModelMetadata(model: ServedModel): unknown {
  const { contract } = model;
  return {
    name: model.name,
    versions: [String(model.version)],
    platform: "mlops_python",
    inputs: contract.columns.map((column) => ({
      name: column.name,
      datatype: DATATYPES[column.type][0],
      shape: [-1, 1],
    })),
    outputs: (contract.answer.outputs ?? ["label"]).map((name) => ({
      name,
      datatype: labelDatatypeOf(model),
      shape: [-1],
    })),
  };
}

function labelDatatypeOf(model: ServedModel): string {
  const tensors = outputTensors(model.contract, []);
  return tensors.ok ? (tensors.value[0]?.datatype ?? "BYTES") : "BYTES";
}

function parseRequest(body: unknown, context: RequestContext): Result<PredictionRequest, Refusal> {
  if (!isRecord(body) || !Array.isArray(body["inputs"])) {
    return err(
      malformed('the body must be {"inputs": [{"name", "shape", "datatype", "data"}, …]}'),
    );
  }
  const { id } = body;
  if (id !== undefined && (typeof id !== "string" || id.length > 128)) {
    return err(malformed('"id" must be a string of at most 128 characters'));
  }
  const outputs = readOutputs(body["outputs"]);
  if (!outputs.ok) return outputs;
  const types = new Map(context.model.contract.columns.map((column) => [column.name, column.type]));
  const columns = new Map<string, readonly unknown[]>();
  let rows: number | undefined;
  for (const [index, input] of body["inputs"].entries()) {
    const tensor = readTensor(input, `inputs[${String(index)}]`, types);
    if (!tensor.ok) return tensor;
    const { name, data } = tensor.value;
    if (columns.has(name)) return err(malformed(`there are two inputs named "${name}"`));
    if (rows !== undefined && data.length !== rows) {
      return err(
        malformed(
          `input "${name}" has ${String(data.length)} rows, the inputs before it ${String(rows)}`,
        ),
      );
    }
    rows = data.length;
    columns.set(name, data);
  }
  const refusal = checkRowCount(rows ?? 0, context);
  if (refusal !== undefined) return err(refusal);
  return ok({
    id: id === "" ? undefined : id,
    raw: { rows: rows ?? 0, columns },
    outputs: outputs.value,
  });
}

function readOutputs(value: unknown): Result<readonly string[] | undefined, Refusal> {
  if (value === undefined) return ok(undefined);
  const names: string[] = [];
  for (const output of Array.isArray(value) ? value : [undefined]) {
    const name = isRecord(output) ? output["name"] : undefined;
    if (typeof name !== "string") return err(malformed('"outputs" must be [{"name": …}, …]'));
    names.push(name);
  }
  return ok(names.length === 0 ? undefined : names);
}

function readTensor(
  input: unknown,
  where: string,
  types: ReadonlyMap<string, ContractColumn["type"]>,
): Result<{ readonly name: string; readonly data: readonly unknown[] }, Refusal> {
  if (!isRecord(input)) return err(malformed(`${where} must be an object`));
  const { name, datatype, data, parameters } = input;
  if (typeof name !== "string") return err(malformed(`${where}.name must be a string`));
  if (!Array.isArray(data)) return err(malformed(`input "${name}": data must be an array`));
  const contentType = isRecord(parameters) ? parameters["content_type"] : undefined;
  if (!PLAIN_CONTENT_TYPES.includes(contentType)) {
    return err(
      malformed(`input "${name}": content_type ${JSON.stringify(contentType)} is not supported`),
    );
  }
  const type = types.get(name);
  const allowed = type === undefined ? undefined : DATATYPES[type];
  if (allowed !== undefined && (typeof datatype !== "string" || !allowed.includes(datatype))) {
    return err(
      malformed(`input "${name}" must have datatype ${allowed.join(", ")}, got ${show(datatype)}`),
    );
  }
  return readTensorData(input["shape"], data, name);
}

/** Data may be flat or nested as the shape says: [n], or [n, 1] as n values or n arrays of one. */
function readTensorData(
  shape: unknown,
  data: readonly unknown[],
  name: string,
): Result<{ readonly name: string; readonly data: readonly unknown[] }, Refusal> {
  const sizes: readonly unknown[] = Array.isArray(shape) ? shape : [];
  const isColumn = sizes.length === 1 || (sizes.length === 2 && sizes[1] === 1);
  if (!isColumn || typeof sizes[0] !== "number") {
    return err(malformed(`input "${name}" must have shape [n] or [n, 1], got ${show(shape)}`));
  }
  if (sizes[0] !== data.length) {
    return err(
      malformed(
        `input "${name}" has shape ${JSON.stringify(shape)} but ${String(data.length)} values`,
      ),
    );
  }
  if (sizes.length === 1) return ok({ name, data });
  const flat = data.map((item: unknown) =>
    Array.isArray(item) && item.length === 1 ? (item[0] as unknown) : item,
  );
  return ok({ name, data: flat });
}

function show(value: unknown): string {
  return value === undefined ? "none" : JSON.stringify(value);
}
