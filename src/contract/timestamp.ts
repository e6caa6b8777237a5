/**
 * Times as the contract carries them: ISO 8601 text outside, milliseconds since 1970 (UTC) inside.
 * A time without an offset is read as UTC, on the Python side too. Digits finer than a millisecond are refused
 * unless they are zero, because the wire could not carry them.
 */

const PATTERN =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

/** Milliseconds since 1970, or `undefined` when the text is no such time. Never rolls 31 February over into March. */
export function parseTimestamp(text: string): number | undefined {
  const match = PATTERN.exec(text);
  if (match === null) return undefined;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const [hour, minute, second] = [
    Number(match[4] ?? 0),
    Number(match[5] ?? 0),
    Number(match[6] ?? 0),
  ];
  const fraction = (match[7] ?? "").padEnd(9, "0");
  const offsetMs = parseOffset(match[8] ?? "Z");
  if (
    hour > 23 ||
    minute > 59 ||
    second > 59 ||
    offsetMs === undefined ||
    !fraction.endsWith("000000")
  )
    return undefined;
  const midnight = new Date(0);
  midnight.setUTCFullYear(year, month - 1, day);
  if (midnight.getUTCMonth() !== month - 1 || midnight.getUTCDate() !== day) return undefined;
  return (
    midnight.getTime() +
    ((hour * 60 + minute) * 60 + second) * 1000 +
    Number(fraction.slice(0, 3)) -
    offsetMs
  );
}

/** `2024-05-01T00:00:00.000Z`; the inverse of {@link parseTimestamp}. `undefined` outside the years 0 to 9999. */
export function renderTimestamp(ms: number): string | undefined {
  if (!(ms >= -62_167_219_200_000 && ms <= 253_402_300_799_999)) return undefined;
  return new Date(ms).toISOString();
}

function parseOffset(text: string): number | undefined {
  if (text === "Z") return 0;
  const hours = Number(text.slice(1, 3));
  const minutes = Number(text.slice(-2));
  if (hours > 23 || minutes > 59) return undefined;
  return (text.startsWith("-") ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}
