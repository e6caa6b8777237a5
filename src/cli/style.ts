/** How parts of a text stand out. Renderers say what a word means; `terminal.ts` decides whether that is a color. */
export interface Style {
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly warn: (text: string) => string;
  readonly accent: (text: string) => string;
}

const same = (text: string): string => text;

/** No color: pipes, files, CI, `NO_COLOR`. */
export const plainStyle: Style = {
  strong: same,
  faint: same,
  good: same,
  bad: same,
  warn: same,
  accent: same,
};
