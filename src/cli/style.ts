/** The page that a text is written on: its width, and how parts stand out. Renderers say what a word means; `terminal.ts` decides whether that is a color. */
export interface Style {
  /** Columns that a line may take. */
  readonly columns: number;
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly warn: (text: string) => string;
  readonly accent: (text: string) => string;
}

const same = (text: string): string => text;

/** Of everything that is no terminal. */
export const USUAL_COLUMNS = 80;

/** No color: pipes, files, CI, `NO_COLOR`. */
export const plainStyle: Style = {
  columns: USUAL_COLUMNS,
  strong: same,
  faint: same,
  good: same,
  bad: same,
  warn: same,
  accent: same,
};
