/** Plan → all files of the pipeline package, with feature staging where it is sound. */
import type { Diagnostic } from "../base/diagnostic.ts";
import type { GeneratedFile } from "../base/generated-file.ts";
import { buildProject, RUNTIME_FILES } from "../codegen/project.ts";
import { type NotebookProgram, statementIndex } from "../pipeline/notebook-program.ts";
import type { Plan } from "../pipeline/plan.ts";
import type { Files } from "../ports/files.ts";
import type { PythonParser } from "../python/parse.ts";

export interface Emitted {
  readonly files: readonly GeneratedFile[];
  readonly serving: { readonly ready: boolean; readonly because: string };
  readonly diagnostics: readonly Diagnostic[];
}

export async function emitPackage(
  input: { readonly plan: Plan; readonly program: NotebookProgram },
  ports: { readonly files: Files; readonly parser: PythonParser; readonly templates: string },
): Promise<Emitted> {
  const { plan, program } = input;
  const templates: Record<string, string> = {};
  for (const name of [...RUNTIME_FILES, "conftest.py", "test_pipeline.py"]) {
    const text = await ports.files.readText(`${ports.templates}/project/${name}`);
    if (text === undefined) throw new Error(`the installation lacks templates/project/${name}`);
    templates[name] = text;
  }
  const serving = { ready: false, because: plan.serve === undefined ? "the notebook fits no model" : "features are not split yet" };
  const sentence = serving.ready ? `\`mlops serve ${plan.name}@champion\` answers requests.` : `Not available: ${serving.because}. Training does not need it.`;
  const files = buildProject({ plan, program, parser: ports.parser, statementAt: statementIndex(program) }, { templates, features: {}, serving: sentence });
  return { files, serving, diagnostics: [] };
}
