/** A5: what is declared is what the code imports. Unused entries of a hand-kept list are named; a lock also holds what others need, so there they are expected. */
import { ciCommands, thirdPartyImports } from "../evidence.ts";
import { normalizeDistribution } from "../requirements.ts";
import { fail, NO_PIPELINE, partial, pass, type Rule } from "../rule.ts";

/** Declared for the pipeline, though no module imports them: readers and engines that pandas finds by itself. */
const INDIRECT: ReadonlySet<string> = new Set([
  "pyarrow",
  "openpyxl",
  "xlrd",
  "lxml",
  "tables",
  "xlsxwriter",
  "odfpy",
  "pyxlsb",
  "python-calamine",
  "html5lib",
  "beautifulsoup4",
  "sqlalchemy",
  "numexpr",
  "bottleneck",
  "fastparquet",
  "skops",
  "joblib",
  "numpy",
]);

export const a05: Rule = {
  id: "A5",
  section: "A",
  level: 1,
  gate: undefined,
  question: "Do the declared dependencies match what the code imports?",
  how: ["S", "X"],
  weight: 3,
  earn: { command: "mlops promote NOTEBOOK.ipynb", effort: 1 },
  check: ({ project, pipeline }) => {
    if (pipeline === undefined) return NO_PIPELINE;
    const { requirements } = pipeline;
    if (requirements === undefined) return fail("there is no requirements.txt");
    const imports = thirdPartyImports(project, pipeline);
    const declared = new Set(requirements.requirements.map((one) => one.name));
    const needed = new Set(
      [...imports.keys()].map((module) => normalizeDistribution(project.distributionOf(module))),
    );
    for (const [module, place] of imports) {
      if (!declared.has(normalizeDistribution(project.distributionOf(module))))
        return fail(`${module} is imported, but not declared`, [
          { text: `imports ${module}`, ...place },
        ]);
    }
    const unused = requirements.requirements.filter(
      (one) => !needed.has(one.name) && !INDIRECT.has(one.name),
    );
    const item = {
      text: `${String(needed.size)} imported distributions, all declared`,
      path: requirements.path,
      line: 1,
    };
    const first = unused[0];
    if (first !== undefined)
      return partial(
        2,
        `declared, but never imported: ${unused.map((one) => one.name).join(", ")}`,
        [{ text: first.name, path: requirements.path, line: first.line }, item],
      );
    const installs = [
      ...(pipeline.image?.commands.filter((one) => one.swallowedBy === undefined) ?? []),
      ...ciCommands(project, pipeline),
    ];
    if (
      !installs.some((one) => /\bpip (install|sync)\b.*requirements\.(txt|lock)\b/.test(one.text))
    )
      return partial(2, "they match, but nothing installs from the list", [item]);
    return pass(
      3,
      "every import is declared, nothing is declared in vain, and CI or the image installs from the list",
      [item],
    );
  },
};
