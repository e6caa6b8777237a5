/**
 * The `MLmodel` file of a model version directory (contract 6), which makes it loadable by `mlflow.pyfunc.load_model`.
 * It carries neither run id nor time: the same content registered again must be the same version; the registry knows both.
 */
import { renderYaml, type YamlValue } from "../base/yaml.ts";

/** A raw column, as far as MLflow's signature can say it. */
export interface SignatureColumn {
  readonly name: string;
  readonly type: "bool" | "int64" | "float64" | "string" | "timestamp";
  readonly nullable: boolean;
}

/** What the file says. */
export interface ModelFile {
  /** Import name of the pipeline's package, which lies in `code/`. */
  readonly packageName: string;
  /** Full version of the interpreter that made the model. */
  readonly python: string;
  /** Raw columns; empty when the model cannot be served. */
  readonly columns: readonly SignatureColumn[];
  readonly servable: { readonly ready: true } | { readonly ready: false; readonly because: string };
}

/** Where the example request lies, in MLflow's `split` form. */
export const INPUT_EXAMPLE = "input_example.json";

/** Text of `MLmodel`. A model that cannot be served has no `python_function` flavor, so nothing tries. */
export function renderMLmodel(model: ModelFile): string {
  if (!model.servable.ready) {
    return renderYaml({
      flavors: {},
      metadata: {
        mlops: { servable: false, because: model.servable.because, package: model.packageName },
      },
    });
  }
  const signature = inputSignature(model.columns);
  return renderYaml({
    flavors: {
      python_function: {
        code: "code",
        data: ".",
        env: { virtualenv: "python_env.yaml" },
        loader_module: `${model.packageName}.predict`,
        python_version: model.python,
      },
    },
    metadata: { mlops: { servable: true, package: model.packageName, contract: "contract.json" } },
    saved_input_example_info: {
      artifact_path: INPUT_EXAMPLE,
      pandas_orient: "split",
      type: "dataframe",
    },
    ...(signature === undefined
      ? {}
      : { signature: { inputs: JSON.stringify(signature), outputs: null, params: null } }),
  });
}

/** Text of `python_env.yaml`, from which MLflow builds the model's environment. */
export function renderPythonEnvironment(python: string): string {
  return renderYaml({ python, build_dependencies: ["pip"], dependencies: ["-r requirements.txt"] });
}

/** Text of the example request: one row. */
export function renderInputExample(
  row: Readonly<Record<string, string | number | boolean>>,
): string {
  return `${JSON.stringify({ columns: Object.keys(row), data: [Object.values(row)] }, undefined, 1)}\n`;
}

/**
 * Columns in MLflow's words. pandas holds integers with gaps as floats, so such a column is a `double`. Booleans with gaps
 * have no MLflow type that accepts what pandas makes of them: then the model goes without a signature, which MLflow allows.
 */
function inputSignature(columns: readonly SignatureColumn[]): readonly YamlValue[] | undefined {
  if (columns.some((column) => column.type === "bool" && column.nullable)) return undefined;
  const names = {
    bool: "boolean",
    int64: "long",
    float64: "double",
    string: "string",
    timestamp: "datetime",
  } as const;
  return columns.map(({ name, type, nullable }) => ({
    type: type === "int64" && nullable ? "double" : names[type],
    name,
    required: true,
  }));
}
