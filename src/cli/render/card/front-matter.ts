/**
 * What Hugging Face's hub reads at the top of a card, where the facts are there; it is valid without any of them.
 * @see https://github.com/huggingface/hub-docs/blob/main/modelcard.md
 */
import type { ModelCard } from "../../../app/model-card-schema.ts";
import { renderYaml, type YamlValue } from "../../../base/yaml.ts";

/** Top-level module of the model's class → the hub's name of the library. */
const LIBRARIES: Readonly<Record<string, string>> = { sklearn: "sklearn", keras: "keras" };

const TASKS: Readonly<Record<string, string>> = {
  label: "tabular-classification",
  probability: "tabular-classification",
  number: "tabular-regression",
};

/** Keys in a fixed order; the user's own come first and are never overwritten. */
export function frontMatter(card: ModelCard): string {
  const library = LIBRARIES[card.type?.split(".")[0] ?? ""];
  const task = TASKS[card.answer?.kind ?? ""];
  const { tags = [], ...own } = card.notes?.metadata ?? {};
  const results = task === undefined ? [] : resultsOf(card, task);
  const values: Record<string, YamlValue> = {
    ...own,
    ...(library === undefined ? {} : { library_name: library }),
    ...(task === undefined ? {} : { pipeline_tag: task }),
    tags: [...new Set(["mlops", "tabular", ...[tags].flat()])],
    ...(results.length === 0 ? {} : { "model-index": [{ name: card.model, results }] }),
  };
  return `---\n${renderYaml(values)}---\n`;
}

/** The hub wants a data set for each result; the first file of training is what the pipeline held its rows out of. */
function resultsOf(card: ModelCard, task: string): YamlValue[] {
  const [data] = card.data;
  const metrics = card.metrics.flatMap(({ name, value }) =>
    typeof value === "number" ? [{ type: name.replaceAll("-", "_"), value, name }] : [],
  );
  if (data === undefined || metrics.length === 0) return [];
  const name = data.path.split("/").at(-1) ?? data.path;
  return [
    {
      task: { type: task },
      dataset: { type: name, name: data.path, revision: data.digest },
      metrics,
    },
  ];
}
