/** A model card as sections and blocks, the same for Markdown and HTML. Sections without facts are left out. */
import type { CardColumn, ModelCard } from "../../../app/model-card-schema.ts";
import { shortTime } from "../cells.ts";
import { renderNumber } from "../table.ts";

/** Stands in every card, so that one is told from a file that somebody wrote. */
export const CARD_MARK = "Written by mlops models card";

export type Block =
  | { readonly kind: "facts"; readonly rows: readonly (readonly [string, string])[] }
  | {
      readonly kind: "table";
      readonly head: readonly string[];
      readonly rows: readonly (readonly string[])[];
    }
  | { readonly kind: "list"; readonly items: readonly string[] }
  | { readonly kind: "text"; readonly text: string }
  /** The user's own Markdown. */
  | { readonly kind: "own"; readonly markdown: string }
  /** For pages; texts have the table. */
  | {
      readonly kind: "bars";
      readonly name: string;
      readonly bars: NonNullable<CardColumn["bars"]>;
    };

export interface CardSection {
  readonly title: string;
  readonly blocks: readonly Block[];
}

/** Own sections that no section of the card is called stand where people look for them: before the data. */
export function cardSections(card: ModelCard): readonly CardSection[] {
  const own = new Map(
    (card.notes?.sections ?? []).map(({ title, markdown }) => [
      title.toLowerCase(),
      { title, markdown },
    ]),
  );
  const taken = (title: string): readonly Block[] => {
    const found = own.get(title.toLowerCase());
    own.delete(title.toLowerCase());
    return found === undefined ? [] : [{ kind: "own", markdown: found.markdown }];
  };
  const sections = SECTIONS.map(([title, blocksOf]) => ({
    title,
    blocks: [...taken(title), ...blocksOf(card)],
  }));
  const [first, ...rest] = sections;
  const above = own.get("");
  own.delete("");
  const opening: readonly CardSection[] =
    first === undefined
      ? []
      : [
          {
            title: first.title,
            blocks: [
              ...(above === undefined ? [] : [{ kind: "own", markdown: above.markdown } as const]),
              ...first.blocks,
            ],
          },
        ];
  const others = [...own.values()].map(
    ({ title, markdown }): CardSection => ({ title, blocks: [{ kind: "own", markdown }] }),
  );
  return [...opening, ...others, ...rest].filter(({ blocks }) => blocks.length > 0);
}

const SECTIONS: readonly (readonly [string, (card: ModelCard) => readonly Block[]])[] = [
  ["Model details", details],
  ["Data", data],
  ["Metrics", metrics],
  ["Verification", verification],
  ["Features", features],
  ["Dependencies", (card) => list(card.requirements)],
  ["Lineage", lineage],
  ["Approvals", approvals],
  ["Limitations", (card) => list(card.limitations)],
  ["Not known", (card) => list(card.gaps)],
];

function details(card: ModelCard): readonly Block[] {
  const { answer, type, origin, registered } = card;
  const classes =
    answer?.classes === null || answer === null ? "" : ` of ${String(answer.classes)} classes`;
  return facts([
    ["Version", card.reference],
    ["Aliases", card.aliases.join(", ")],
    ["Model", type ?? ""],
    ["Answers with", answer === null ? "" : `a ${answer.kind}${classes}`],
    ["Registered", `${shortTime(registered.at)} UTC by ${whoIs(registered.by)}`],
    ["Origin", origin === null ? "" : `${origin.kind} from ${origin.from}`],
    ["Parameters", factsText(card.params)],
    ["Tags", factsText(card.tags)],
    ["Served", card.servable ? "yes" : `no: ${card.notServableBecause ?? "it has no contract"}`],
    ["Content", card.content],
  ]);
}

function data(card: ModelCard): readonly Block[] {
  const { columns, trainingRows } = card;
  const table: readonly Block[] =
    columns.length === 0
      ? []
      : [
          {
            kind: "table",
            head: ["Column", "Type", "May be missing", "Values in training", "Missing"],
            rows: columns.map((column) => [
              column.name + (column.personal ? " (personal)" : ""),
              column.type,
              column.nullable ? "yes" : "no",
              valuesOf(column),
              column.nulls === null || column.count === null
                ? ""
                : `${String(column.nulls)} of ${String(column.count)}`,
            ]),
          },
        ];
  const bars = columns.flatMap(({ name, bars: found }): readonly Block[] =>
    found === null || found.length < 2 ? [] : [{ kind: "bars", name, bars: found }],
  );
  return [
    ...facts([
      ["Rows of training", trainingRows === null ? "" : String(trainingRows)],
      ...card.data.map(({ path, digest }) => [path, digest] as const),
    ]),
    ...table,
    ...bars,
  ];
}

/** Ranges and categories, which the contract has; never a row. */
function valuesOf({ personal, min, max, categories, type }: CardColumn): string {
  if (personal) return "not told";
  if (categories !== undefined) return categories.join(", ");
  if (min === undefined && max === undefined) return type === "string" ? "any text" : "";
  return `${min === undefined ? "…" : String(min)} to ${max === undefined ? "…" : String(max)}`;
}

function metrics({ metrics: own, baseline, champion }: ModelCard): readonly Block[] {
  const peers = [
    ["baseline", baseline],
    ["champion of the time", champion],
  ] as const;
  const measured = peers.flatMap(([name, peer]) =>
    peer?.metrics === null || peer === null ? [] : [{ name, of: peer.of, metrics: peer.metrics }],
  );
  const reasons = peers.flatMap(([name, peer]) =>
    peer === null || peer.because === null
      ? []
      : [`The ${name} (${peer.of}) could not be measured: ${peer.because}.`],
  );
  if (own.length === 0) return list(reasons);
  return [
    {
      kind: "table",
      head: ["Metric", "This version", ...measured.map(({ name, of }) => `${name}: ${of}`)],
      rows: own.map(({ name, value }) => [
        name,
        renderNumber(value),
        ...measured.map((peer) => {
          const found = peer.metrics.find((metric) => metric.name === name);
          return found === undefined ? "" : renderNumber(found.value);
        }),
      ]),
    },
    ...list(reasons),
  ];
}

function verification({
  certificate,
  tests,
  leakage,
  leakageUnknown,
}: ModelCard): readonly Block[] {
  const coverage = Object.entries(certificate?.coverage ?? {})
    .map(([name, { compared, total }]) => `${name} ${String(compared)} of ${String(total)}`)
    .join(", ");
  return [
    ...facts([
      ["Certificate", certificate === null ? "none for this code" : certificate.verdict],
      ["Compared", coverage],
      ["Its digest", certificate?.digest ?? ""],
      ["Tests of the pipeline", tests ?? ""],
      [
        "Leakage",
        leakage === null
          ? `not known: ${leakageUnknown ?? ""}`
          : leakage.findings.length === 0
            ? `none found (looked for ${leakage.checked.join(", ")})`
            : "found",
      ],
    ]),
    ...list(leakage?.findings ?? []),
    ...((certificate?.excluded ?? []).length === 0
      ? []
      : [
          {
            kind: "table",
            head: ["Not compared", "Why"],
            rows: (certificate?.excluded ?? []).map(({ name, reason }) => [name, reason]),
          } as const,
        ]),
  ];
}

function features({ features: names, state }: ModelCard): readonly Block[] {
  return facts([
    ["What the model is given", names.join(", ")],
    ["What was learned to make it", state.join(", ")],
  ]);
}

function lineage({ lineage: from }: ModelCard): readonly Block[] {
  const commit =
    from.gitCommit === null
      ? "not in git"
      : from.gitCommit + (from.gitDirty === true ? ", with uncommitted changes" : "");
  return facts([
    ["Run", from.run],
    ["Pipeline", from.revision ?? ""],
    ["Notebook", from.notebook ?? ""],
    ["Its digest", from.notebookDigest ?? ""],
    ["Commit", commit],
    ["Environment", from.environment ?? ""],
    ["Steps", from.steps.join(", ")],
  ]);
}

function approvals({ approvals: requests }: ModelCard): readonly Block[] {
  if (requests.length === 0) return [];
  return [
    {
      kind: "table",
      head: ["Request", "Environment", "State", "Decided"],
      rows: requests.map(({ request, environment, state, decisions }) => [
        String(request),
        environment,
        state,
        decisions
          .map(({ kind, by, at, reason }) =>
            [`${kind} ${shortTime(at)} UTC by ${whoIs(by)}`, reason]
              .filter((part) => part !== "")
              .join(": "),
          )
          .join("; "),
      ]),
    },
  ];
}

function facts(rows: readonly (readonly [string, string])[]): readonly Block[] {
  const told = rows.filter(([, value]) => value !== "");
  return told.length === 0 ? [] : [{ kind: "facts", rows: told }];
}

function list(items: readonly string[]): readonly Block[] {
  return items.length === 0 ? [] : [{ kind: "list", items }];
}

function factsText(values: Readonly<Record<string, string | number | boolean | null>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} ${value === null ? "none" : String(value)}`)
    .join(", ");
}

function whoIs({ name, grade }: { readonly name: string; readonly grade: string }): string {
  return `${name} (${grade})`;
}
