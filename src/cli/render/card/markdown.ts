/** A model card as Markdown, with the front matter that hubs read. Names are escaped: none of them can become markup. */
import type { ModelCard } from "../../../app/model-card-schema.ts";
import { type Block, CARD_MARK, cardSections } from "./document.ts";
import { frontMatter } from "./front-matter.ts";

/** Ends in a newline. */
export function renderCardMarkdown(card: ModelCard): string {
  const sections = cardSections(card).map(
    ({ title, blocks }) =>
      `## ${escaped(title)}\n\n${blocks
        .map(renderBlock)
        .filter((block) => block !== "")
        .join("\n\n")}\n`,
  );
  return [
    `${frontMatter(card)}\n<!-- ${CARD_MARK}; what people know of the model is in MODEL_CARD.md beside the pipeline. -->\n\n# ${escaped(card.reference)}\n`,
    ...sections,
  ].join("\n");
}

function renderBlock(block: Block): string {
  switch (block.kind) {
    case "facts":
      return block.rows
        .map(([name, value]) => `- **${escaped(name)}**: ${escaped(value)}`)
        .join("\n");
    case "list":
      return block.items.map((item) => `- ${escaped(item)}`).join("\n");
    case "text":
      return escaped(block.text);
    case "own":
      return block.markdown;
    case "table":
      return [block.head, block.head.map(() => "---"), ...block.rows]
        .map((row, at) => `| ${row.map((cell) => (at === 1 ? cell : escaped(cell))).join(" | ")} |`)
        .join("\n");
    case "bars":
      return "";
  }
}

/** One line, and every sign that means something in it with a backslash; underscores within words mean nothing. */
function escaped(text: string): string {
  return text
    .replaceAll(/[\s\p{Cc}]+/gu, " ")
    .replaceAll(/[\\`*[\]<>|~&]/g, "\\$&")
    .replaceAll(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, "\\_");
}
