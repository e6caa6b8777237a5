/** How an option of a command record is typed: `dryRun` is `--dry-run`, a switch that is on is turned off by `--no-…`. */
export function kebabOption([name, spec]: readonly [
  string,
  { readonly kind: string; readonly default?: boolean },
]): readonly string[] {
  const flag = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return spec.kind === "switch" && spec.default === true ? [`--no-${flag}`] : [`--${flag}`];
}
