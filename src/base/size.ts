/** Sizes as people write them in settings: `500 MB`, `20 GB`, `1.5 TB`, `unlimited`. */

const UNITS: Readonly<Record<string, number>> = { MB: 1e6, GB: 1e9, TB: 1e12 };

/** In bytes, infinite where it is unlimited; `undefined` when it is no size. */
export function parseSize(text: string): number | undefined {
  if (text === "unlimited") return Number.POSITIVE_INFINITY;
  const found = /^(\d+(?:\.\d+)?) ?([MGT]B)$/i.exec(text);
  const unit = UNITS[found?.[2]?.toUpperCase() ?? ""];
  return unit === undefined ? undefined : Number(found?.[1]) * unit;
}

/** `1.2 kB`, `340 B`, `5.0 MB`: powers of 1,000, as file managers show them. */
export function renderBytes(bytes: number | undefined): string {
  if (bytes === undefined) return "";
  if (bytes < 1000) return `${String(bytes)} B`;
  const units = ["kB", "MB", "GB", "TB"];
  let value = bytes / 1000;
  let unit = 0;
  while (value >= 999.95 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value.toFixed(1)} ${units[unit] ?? ""}`;
}
