/** What `models export --format skops|onnx` writes, read by the formats' own libraries. */
import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { preparePythonEnvironment } from "../../bin/dev/python-environment.ts";
import { exportConverted } from "../../src/app/export-model.ts";
import { registerModel } from "../../src/app/register-model.ts";
import { type ServableModel, serveModel } from "../../src/app/serve-model.ts";
import type { ModelVersion } from "../../src/registry/model.ts";
import { pythonForTests } from "../support/python-environment.ts";
import { type TenureRun, tenureRun } from "../support/tenure-run.ts";

const here = dirname(fileURLToPath(import.meta.url));
let made: TenureRun;
let version: ModelVersion;
let servable: ServableModel;

beforeAll(async () => {
  const python = await preparePythonEnvironment({
    lockFile: join(here, "requirements-formats.lock"),
    cacheFolder: join(here, "../../.cache"),
    log: (line) => process.stderr.write(`${line}\n`),
  });
  made = await tenureRun(python);
  ({ version } = await registerModel(made.input, made.ports));
  servable = await serveModel({ version, python, modelsFolder: ".mlops/models" }, made.ports);
}, 900_000);

afterAll(async () => {
  await made.remove();
});

const cases = [
  {
    format: "skops",
    files: ["model.skops", "skops.json", "version.json"],
    allowed: 0,
    script:
      "import json, sys, skops.io\ntypes = json.load(open(sys.argv[1] + '/skops.json'))['types']\nprint(type(skops.io.load(sys.argv[1] + '/model.skops', trusted=types)).__name__)",
    says: /^\w+\n$/,
  },
  {
    format: "onnx",
    files: ["model.onnx", "onnx.json", "version.json"],
    allowed: 1e-5,
    script:
      "import json, sys, numpy, onnxruntime\ntold = json.load(open(sys.argv[1] + '/onnx.json'))\ncolumns = told['inputs'][0]['columns']\nwidth = columns if isinstance(columns, int) else len(columns)\nsession = onnxruntime.InferenceSession(sys.argv[1] + '/model.onnx')\nlabel, chances = session.run(told['outputs'], {told['inputs'][0]['name']: numpy.zeros((3, width), dtype='float32')})\nprint(label.shape, chances.shape)",
    says: /^\(3,\) \(3, 2\)\n$/,
  },
] as const;

test.each(cases)(
  "$format gives the model's answers",
  {
    timeout: 300_000,
  },
  async ({ format, files, allowed, script, says }) => {
    const folder = `exported-${format}`;
    const report = await exportConverted({ version, folder, format, servable }, made.ports);
    expect(report).toMatchObject({ format, files, compared: { tolerance: allowed } });
    expect(report.compared?.rows).toBeGreaterThan(50);
    expect(report.compared?.gap).toBeLessThanOrEqual(allowed);
    expect((await readdir(join(made.folder, folder))).sort()).toEqual(files);
    const { stdout } = await promisify(execFile)(made.input.python, [
      "-c",
      script,
      join(made.folder, folder),
    ]);
    expect(stdout).toMatch(says);
    const said: unknown = JSON.parse(
      await readFile(join(made.folder, folder, "version.json"), "utf8"),
    );
    expect(said).toMatchObject({ model: "tenure", content: version.contentDigest });
  },
);

test.each(["skops", "onnx"] as const)(
  "says what %s needs where it is not installed",
  {
    timeout: 300_000,
  },
  async (format) => {
    const without = await serveModel(
      { version, python: await pythonForTests(), modelsFolder: ".mlops/without" },
      made.ports,
    );
    const input = { version, folder: `without-${format}`, format, servable: without };
    await expect(exportConverted(input, made.ports)).rejects.toMatchObject({
      code: "export-needs-package",
      exitCode: 3,
    });
    expect(await made.ports.files.kind(`without-${format}`)).toBe("missing");
  },
);
