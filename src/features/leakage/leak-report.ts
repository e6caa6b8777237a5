/** Leaks → findings in words, each with its path: where it is learned, where rows are held back, who gets it. */
import type { Diagnostic } from "../../base/diagnostic.ts";
import type { FeatureProgram } from "../feature-program.ts";
import { placeOf } from "../feature-program.ts";
import type { Leak } from "./find-leakage.ts";
import { beginOf } from "./find-leakage.ts";
import type { Site } from "./leak-value.ts";

/** What a reader is told with. */
export interface LeakWords {
  /** A cell as people find it: `cell 4`. */
  readonly describeCell: (cell: number) => string;
}

/** The findings; of categories that all rows were asked for there is one for all. */
export function reportLeakage(
  program: FeatureProgram,
  leaks: readonly Leak[],
  words: LeakWords,
): readonly Diagnostic[] {
  const categories = leaks.filter((leak) => leak.kind === "categories-before-split");
  const others = leaks.filter((leak) => leak.kind !== "categories-before-split");
  const [first] = categories;
  const about = new Writer(program, words);
  return [
    ...others.map((leak) => about.finding(leak)),
    ...(first === undefined
      ? []
      : [
          about.categories(
            first,
            categories.map((leak) => leak.learned),
          ),
        ]),
  ];
}

/** Writes findings of one program. */
class Writer {
  readonly #program: FeatureProgram;
  readonly #words: LeakWords;

  constructor(program: FeatureProgram, words: LeakWords) {
    this.#program = program;
    this.#words = words;
  }

  finding(leak: Leak): Diagnostic {
    const begin = beginOf(leak);
    return { ...this.#described(leak), where: placeOf(this.#program, begin.statement, begin.node) };
  }

  categories(
    first: Leak & { kind: "categories-before-split" },
    sites: readonly Site[],
  ): Diagnostic {
    const listed = sites.slice(0, 3).map((site) => this.#at(site));
    const more = sites.length > 3 ? ` and ${String(sites.length - 3)} more` : "";
    return {
      code: "leakage-categories-before-split",
      severity: "note",
      message: `${listed.join(", ")}${more} ${sites.length === 1 ? "asks" : "ask"} all rows which categories there are, before ${this.#at(first.split)} holds rows back: no value leaks, but a category that only the held-back rows have is known to the model`,
      hint: "nothing has to be done; an encoder fitted with the training rows shows how the model meets new categories",
      where: placeOf(this.#program, first.learned.statement, first.learned.node),
    };
  }

  #described(leak: Leak): Omit<Diagnostic, "where"> {
    switch (leak.kind) {
      case "fitted-before-split":
        return this.#beforeSplit(leak);
      case "categories-before-split":
        throw new Error("categories are told together");
      case "target":
        return this.#target(leak);
      case "repeated-before-split":
        return {
          code: "leakage-rows-in-both-sides",
          severity: "warning",
          message: `${this.#text(leak.repeated)} repeats rows or makes new ones of them, and only then does ${this.#at(leak.split)} hold rows back: the model is measured on rows it was fitted with, or on their copies`,
          hint: "divide first, then resample the training rows alone",
        };
      case "measured-on-fitted-rows":
        return {
          code: "leakage-rows-in-both-sides",
          severity: "warning",
          message: `${this.#text(leak.fit)} fits ${leak.fit.variable} with all rows, and ${this.#at(leak.asked)} measures it on rows among them, those that ${this.#at(leak.split)} held back`,
          hint: "fit with the training rows before measuring; a final model fitted with all rows has no score of its own",
        };
      case "fitted-on-test":
        return {
          code: "leakage-fitted-on-test",
          severity: "warning",
          message: `${this.#text(leak.learned)} learns from the very rows that ${this.#at(leak.asked)} asks about, not from the training rows: the model meets other numbers or codes than it was fitted with wherever the two differ`,
          hint: "learn from the training rows, and only apply it to the others (transform instead of fit_transform)",
        };
      case "chosen-on-test":
        return {
          code: "leakage-chosen-on-test",
          severity: "note",
          message: `${this.#text(leak.asked)} measures every model that the loop makes on the rows that were held back: the best of these scores is better than that model will be`,
          hint: "choose by cross-validation on the training rows, and measure once",
        };
      case "random-split-of-time":
        return {
          code: "leakage-time",
          severity: "note",
          message: `${this.#text(leak.lagged)} brings rows before or after into a row, and ${this.#at(leak.split)} draws the held-back rows at random: training rows know values of the rows between them`,
          hint: "hold back the last rows (shuffle=False), or use TimeSeriesSplit",
        };
    }
  }

  #beforeSplit(leak: Leak & { kind: "fitted-before-split" }): Omit<Diagnostic, "where"> {
    const common = { code: "leakage-fitted-before-split", severity: "warning" as const };
    if (leak.divided === undefined)
      return {
        ...common,
        message: `${this.#text(leak.learned)} learns from all rows, and ${this.#at(leak.split)} holds back parts of them only afterwards: every part has a share in what the model is given`,
        hint: "put it into a pipeline with the model, so that each fold learns it anew",
      };
    const isAfter = leak.learned.statement.position > leak.split.statement.position;
    const how = isAfter
      ? `although ${this.#at(leak.split)} has held rows back`
      : `before ${this.#at(leak.split)} holds rows back`;
    return {
      ...common,
      message: `${this.#text(leak.learned)} learns from all rows, ${how}; it reaches ${leak.matrix === "" ? "the model" : `\`${leak.matrix}\``} of ${this.#at(leak.fit)}: the rows that the model is measured on had a share in it`,
      hint: "learn it from the training rows alone; `mlops promote --fix leakage` does so, and compares the metrics",
    };
  }

  #target(leak: Leak & { kind: "target" }): Omit<Diagnostic, "where"> {
    const common = { code: "leakage-target", severity: "warning" as const };
    if (leak.learned !== undefined)
      return {
        ...common,
        message: `${this.#text(leak.learned)} is a statistic of the target \`${leak.label}\`, and ${this.#at(leak.fit)} gets it as a feature: each row's answer has a share in its own features`,
        hint: "encode by the target only inside the folds of a cross-validation (TargetEncoder does)",
      };
    const is =
      leak.column === leak.label
        ? `the target \`${leak.label}\` is among the features`
        : `the feature \`${leak.column}\` tells the target \`${leak.label}\`: one is computed from the other`;
    return {
      ...common,
      message: `${is} that ${this.#text(leak.fit)} is given`,
      hint: `leave ${leak.column} out of the features`,
    };
  }

  /** `scaler.fit_transform(X)` */
  #text({ statement, node }: Site): string {
    const text = statement.tree.text.slice(node.start, node.end).replace(/\s+/gu, " ");
    return `\`${text.length > 60 ? `${text.slice(0, 57)}…` : text}\``;
  }

  #at(site: Site): string {
    return `${this.#text(site)} (${this.#words.describeCell(site.statement.cell)})`;
  }
}
