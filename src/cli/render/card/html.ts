/**
 * A model card as one page: no script, nothing fetched, every name escaped; light and dark, readable on a phone and on paper.
 * Bars are drawn as areas: as many rows as the area is large, however wide a bin is.
 */
import type { ModelCard } from "../../../app/model-card-schema.ts";
import { type Block, CARD_MARK, cardSections } from "./document.ts";

const STYLE = `
:root { color-scheme: light dark; --line: #d4d4d8; --faint: #5f6368; --accent: #2f6f9f; }
@media (prefers-color-scheme: dark) { :root { --line: #3f3f46; --faint: #a1a1aa; --accent: #7ab8e0; } }
body { font: 16px/1.55 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.7rem; } h2 { font-size: 1.2rem; margin-top: 2rem; border-bottom: 1px solid var(--line); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; }
dt { color: var(--faint); } dd { margin: 0; overflow-wrap: anywhere; }
.wide { overflow-x: auto; } table { border-collapse: collapse; font-size: .93rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid var(--line); overflow-wrap: break-word; }
th { color: var(--faint); font-weight: 600; } td:first-child { white-space: nowrap; }
.bars { display: grid; grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr)); gap: 1rem; margin-top: 1rem; }
figure { margin: 0; break-inside: avoid; } figcaption { color: var(--faint); font-size: .85rem; overflow-wrap: anywhere; }
svg { width: 100%; height: 4rem; display: block; border-bottom: 1px solid var(--line); } rect { fill: var(--accent); }
pre { overflow-x: auto; }
@media (max-width: 40rem) { dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .5rem; } }
@media print { body { max-width: none; font-size: 11pt; } h2 { break-after: avoid; } tr { break-inside: avoid; } }
`;

/** Ends in a newline. */
export function renderCardHtml(card: ModelCard): string {
  const sections = cardSections(card).map(
    ({ title, blocks }) =>
      `<section>\n<h2>${escaped(title)}</h2>\n${renderBlocks(blocks)}\n</section>`,
  );
  return [
    "<!doctype html>",
    `<!-- ${CARD_MARK} -->`,
    '<html lang="en">',
    "<head>",
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    `<title>${escaped(card.reference)}</title>`,
    `<style>${STYLE}</style>`,
    "</head>",
    "<body>",
    `<h1>${escaped(card.reference)}</h1>`,
    ...sections,
    "</body>",
    "</html>",
    "",
  ].join("\n");
}

function renderBlocks(blocks: readonly Block[]): string {
  const figures = blocks.filter((block) => block.kind === "bars");
  const others = blocks.filter((block) => block.kind !== "bars").map(renderBlock);
  const drawn =
    figures.length === 0
      ? []
      : [`<div class="bars">\n${figures.map(renderBlock).join("\n")}\n</div>`];
  return [...others, ...drawn].join("\n");
}

function renderBlock(block: Block): string {
  switch (block.kind) {
    case "facts":
      return `<dl>\n${block.rows
        .map(([name, value]) => `<dt>${escaped(name)}</dt><dd>${escaped(value)}</dd>`)
        .join("\n")}\n</dl>`;
    case "list":
      return `<ul>\n${block.items.map((item) => `<li>${escaped(item)}</li>`).join("\n")}\n</ul>`;
    case "text":
      return `<p>${escaped(block.text)}</p>`;
    case "own":
      return renderOwn(block.markdown);
    case "table": {
      const head = block.head.map((cell) => `<th scope="col">${escaped(cell)}</th>`).join("");
      const rows = block.rows.map(
        (row) => `<tr>${row.map((cell) => `<td>${escaped(cell)}</td>`).join("")}</tr>`,
      );
      return `<div class="wide"><table>\n<thead><tr>${head}</tr></thead>\n<tbody>\n${rows.join("\n")}\n</tbody>\n</table></div>`;
    }
    case "bars":
      return renderBars(block);
  }
}

/** Headings, lists, code and paragraphs of the user's Markdown; all else stays as it was typed, and nothing becomes markup. */
function renderOwn(markdown: string): string {
  return markdown
    .split(/\n{2,}/)
    .map((part) => {
      const heading = /^#{3,6}\s+(.*)$/.exec(part);
      if (heading !== null) return `<h3>${escaped(heading[1] ?? "")}</h3>`;
      const lines = part.split("\n");
      if (lines.every((line) => /^\s*[-*]\s/.test(line)))
        return `<ul>\n${lines.map((line) => `<li>${escaped(line.replace(/^\s*[-*]\s+/, ""))}</li>`).join("\n")}\n</ul>`;
      if (/^(?:```|~~~)/.test(part)) return `<pre>${escaped(part)}</pre>`;
      return `<p>${escaped(part)}</p>`;
    })
    .join("\n");
}

const WIDTH = 200;
const HEIGHT = 60;

function renderBars({ name, bars }: Extract<Block, { kind: "bars" }>): string {
  const total = sum(bars.map(({ width }) => width));
  // A single value with a bin to itself is a line of its own: it still gets two points.
  const widths = bars.map(({ width }) => Math.max(2, total === 0 ? 0 : (width / total) * WIDTH));
  const scale = WIDTH / sum(widths);
  const heights = bars.map(({ count }, at) => count / (widths[at] ?? 1));
  const most = Math.max(...heights, Number.MIN_VALUE);
  let left = 0;
  const rects = bars.map(({ label, count }, at) => {
    const width = (widths[at] ?? 0) * scale;
    const height = ((heights[at] ?? 0) / most) * HEIGHT;
    const x = left;
    left += width;
    const title = `<title>${escaped(`${label}: ${String(count)}`)}</title>`;
    return `<rect x="${short(x)}" y="${short(HEIGHT - height)}" width="${short(Math.max(width - 1, 0.5))}" height="${short(height)}">${title}</rect>`;
  });
  const label = escaped(`Distribution of ${name} in training`);
  return `<figure><svg viewBox="0 0 ${String(WIDTH)} ${String(HEIGHT)}" preserveAspectRatio="none" role="img" aria-label="${label}">${rects.join("")}</svg><figcaption>${escaped(name)}</figcaption></figure>`;
}

function sum(numbers: readonly number[]): number {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
}

function short(number: number): string {
  return String(Math.round(number * 100) / 100);
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** For text and for attributes in quotes. Signs that turn the direction of text around are taken out: they would hide what a name is. */
function escaped(text: string): string {
  return text
    .replaceAll(/[\u202a-\u202e\u2066-\u2069]/g, "")
    .replaceAll(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign);
}
