import { defineCommand, succeeded } from "../../command.ts";

/** `mlops models card` */
export const modelsCardCommand = defineCommand({
  name: "models card",
  group: "models",
  summary: "Write the model card of a version, as Markdown or as a page",
  description:
    "Data, metrics, verification, features, dependencies, lineage, approvals and known limitations, as the registry has them; no row of data and nothing of personal columns. The same registry gives the same bytes. What only people know (intended use, license) comes from MODEL_CARD.md beside the pipeline, whose sections go where the card has sections of that name; nothing is made up.",
  arguments: { model: { summary: "churn (the newest), churn@v3 or churn@champion" } },
  options: {
    format: {
      kind: "choice",
      choices: ["md", "html"],
      summary: "Markdown with the metadata that hubs read (the default), or one page",
    },
    out: { kind: "text", placeholder: "file", summary: "write it there instead of printing it" },
    force: { kind: "switch", summary: "write over a file that is no card" },
  },
  examples: [
    { line: "mlops models card churn@v3 --out README.md", shows: "a card that hubs can read" },
    {
      line: "mlops models card churn@champion --format html --out card.html",
      shows: "a page to open or print",
    },
  ],
  resultSchema: async () => {
    const { toJsonSchema } = await import("../../json-schema.ts");
    const { ModelCard } = await import("../../../app/model-card-schema.ts");
    return toJsonSchema(ModelCard);
  },
  run: async (context, input) => {
    const { runCard } = await import("./run-card.ts");
    return succeeded(await runCard(context, input));
  },
  render: async ({ result }, _style, { format, out }) => {
    if (out !== undefined) return `${out}: the card of ${result.reference}`;
    const { renderCard } = await import("./run-card.ts");
    return renderCard(result, format).trimEnd();
  },
});
