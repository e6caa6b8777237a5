/** Which files a plan yields, as paths inside the pipeline's folder. */

import { fillHoles } from "../base/fill-holes.ts";
import type { GeneratedFile } from "../base/generated-file.ts";
import { pythonName } from "../base/python-name.ts";
import { relativePath } from "../base/relative-path.ts";
import type { Plan } from "../pipeline/plan.ts";
import { isLocalBuild, requirementLine } from "../pipeline/requirements.ts";
import { RUNTIME_MODULES } from "../pipeline/runtime-modules.ts";
import { notebookPaths } from "../pipeline/sources.ts";
import { buildHelpersModule, buildSettingsModule } from "./helpers-module.ts";
import { buildPipelineModule } from "./pipeline-module.ts";
import { renderParamsYaml, renderPipelineYaml } from "./pipeline-yaml.ts";
import { renderReadme } from "./readme.ts";
import { buildStepModule, type ModuleContext } from "./step-module.ts";

/** Texts of `templates/project/`, by file name, and what feature staging made, by path in the pipeline's folder. */
export interface ProjectParts {
  readonly templates: Readonly<Record<string, string>>;
  readonly features: Readonly<Record<string, string>>;
  /** One sentence about serving, for the README. */
  readonly serving: string;
  /** Text of `requirements.lock`; `undefined` where none could be made. */
  readonly lock: string | undefined;
}

/** Copied as they are into the package. */
export const RUNTIME_FILES = ["__main__.py", ...RUNTIME_MODULES, "contract.py"] as const;

/** Copied as they are beside it. */
export const FOLDER_FILES = ["conftest.py", "ruff.toml"] as const;

/** Every file of the pipeline's folder but the certificate and the contract, sorted by path. */
export function buildProject(
  context: ModuleContext,
  parts: ProjectParts,
): readonly GeneratedFile[] {
  const { plan } = context;
  const packageName = pythonName(plan.name);
  const files: GeneratedFile[] = [];
  const add = (path: string, text: string | undefined): void => {
    if (text !== undefined) files.push({ path: relativePath(path), text, mode: 0o644 });
  };
  add("pipeline.yaml", renderPipelineYaml(plan));
  add("params.yaml", renderParamsYaml(plan));
  add("requirements.txt", renderRequirements(plan));
  add("requirements.lock", parts.lock);
  add(
    "README.md",
    renderReadme(plan, { serving: parts.serving, locked: parts.lock !== undefined }),
  );
  add(".env.example", renderEnvironmentExample(plan));
  add(".gitignore", ".env\n.store/\n__pycache__/\n.pytest_cache/\n.ruff_cache/\n");
  for (const name of FOLDER_FILES) add(name, template(parts, name));
  add(`${packageName}/__init__.py`, renderPackageInit(plan));
  // Never changed: the modules keep the names under which stored objects find their classes.
  for (const module of context.program.modules)
    add(`${packageName}/${LOCAL_MODULES}/${module.path}`, module.text);
  add(`${packageName}/_pipeline.py`, buildPipelineModule(plan));
  for (const name of RUNTIME_FILES) add(`${packageName}/${name}`, template(parts, name));
  add(`${packageName}/helpers.py`, buildHelpersModule(context));
  add(`${packageName}/settings.py`, buildSettingsModule(context));
  for (const step of plan.steps)
    add(`${packageName}/${pythonName(step.name)}.py`, buildStepModule(step, context));
  add(
    "tests/test_pipeline.py",
    fillHoles(template(parts, "test_pipeline.py"), { PACKAGE: packageName }),
  );
  for (const [path, text] of Object.entries(parts.features)) add(path, text);
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Folder of the package that holds copies of the project's own modules. */
const LOCAL_MODULES = "_local";

function renderPackageInit(plan: Plan): string {
  const docstring = `"""Training pipeline ${plan.name}, made by mlops from ${notebookPaths(plan).join(" and ")}."""\n`;
  if (plan.modules === undefined) return docstring;
  return `${docstring}
import sys
from pathlib import Path

# Copies of the project's own modules, found before the originals, as promotion saw them.
sys.path.insert(0, str(Path(__file__).resolve().parent / "${LOCAL_MODULES}"))
`;
}

/** Names only: what stands behind them is nobody's to copy. */
function renderEnvironmentExample({ environment }: Plan): string | undefined {
  if (environment.length === 0) return undefined;
  const lines = environment.map(
    ({ name, secret, required }) =>
      `# ${secret ? "A secret" : "A setting"}${required ? "" : ", which may be missing"}.\n${name}=`,
  );
  return `${lines.join("\n")}\n`;
}

function template(parts: ProjectParts, name: string): string {
  const text = parts.templates[name];
  if (text === undefined) throw new Error(`template ${name} is missing`);
  return text;
}

/** Direct dependencies at the versions the observed run used, and the Python it used. */
export function renderRequirements(plan: Plan): string {
  if (plan.requirements.length === 0)
    return "# The observed run imported nothing outside the standard library.\n";
  const lines = plan.requirements.map((one) => {
    const line = requirementLine(one);
    if (line === undefined)
      return `# ${one.distribution}==${one.version} was installed from a folder, which cannot be named here; install it by hand`;
    return isLocalBuild(one.version) && one.source === undefined
      ? `${line}  # a build that only the index it came from has`
      : line;
  });
  return [
    `# What the observed run imported. requires-python: ==${plan.python}.*`,
    ...lines,
    "",
  ].join("\n");
}
