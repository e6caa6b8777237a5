/**
 * Five-field POSIX cron expressions as GitHub Actions and Kubernetes read them: lists, ranges, steps, and names of months and days.
 * `@weekly` and its kin are not part of it. Pure calendar arithmetic in UTC; no clock is asked.
 * @see https://pubs.opengroup.org/onlinepubs/9799919799/utilities/crontab.html for the meaning of the fields
 */
import { err, ok, type Result } from "../base/result.ts";

/** The moments at which a schedule fires: the values each field allows. */
export interface Cron {
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly daysOfMonth: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  /** 0 is Sunday. */
  readonly daysOfWeek: ReadonlySet<number>;
  /** Where both day fields are restricted a day matches when either does. */
  readonly eitherDay: boolean;
}

interface Field {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  /** Names in order of their numbers, from `least`. */
  readonly names: readonly string[];
}

const MINUTE: Field = { name: "minute", least: 0, most: 59, names: [] };
const HOUR: Field = { name: "hour", least: 0, most: 23, names: [] };
const DAY: Field = { name: "day of month", least: 1, most: 31, names: [] };
const MONTH: Field = {
  name: "month",
  least: 1,
  most: 12,
  names: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
};
const WEEKDAY: Field = {
  name: "day of week",
  least: 0,
  most: 6,
  names: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"],
};

/** Reads an expression; the error is a sentence for people. */
export function parseCron(text: string): Result<Cron, string> {
  const parts = text.trim().split(/\s+/);
  const [minute, hour, day, month, weekday] = parts;
  if (
    parts.length !== 5 ||
    minute === undefined ||
    hour === undefined ||
    day === undefined ||
    month === undefined ||
    weekday === undefined
  ) {
    return err(`"${text}" needs five fields: minute, hour, day of month, month, day of week`);
  }
  const minutes = parseField(minute, MINUTE);
  if (!minutes.ok) return minutes;
  const hours = parseField(hour, HOUR);
  if (!hours.ok) return hours;
  const daysOfMonth = parseField(day, DAY);
  if (!daysOfMonth.ok) return daysOfMonth;
  const months = parseField(month, MONTH);
  if (!months.ok) return months;
  const daysOfWeek = parseField(weekday, WEEKDAY);
  if (!daysOfWeek.ok) return daysOfWeek;
  return ok({
    minutes: minutes.value,
    hours: hours.value,
    daysOfMonth: daysOfMonth.value,
    months: months.value,
    daysOfWeek: daysOfWeek.value,
    eitherDay: !day.startsWith("*") && !weekday.startsWith("*"),
  });
}

/** The calendar repeats after 400 years, but gaps do after 8 at most around a century without a leap day; this starts in a leap year. */
const FIRST_DAY = Date.UTC(2024, 0, 1);
const DAYS_LOOKED_AT = 8 * 366;
const DAY_MS = 86_400_000;

/** Longest time between two days on which the schedule fires, in days; `undefined` when it never fires. */
export function longestGapDays(cron: Cron): number | undefined {
  let first: number | undefined;
  let last: number | undefined;
  let longest = 1;
  for (let day = 0; day < DAYS_LOOKED_AT; day++) {
    if (!firesOn(cron, new Date(FIRST_DAY + day * DAY_MS))) continue;
    first ??= day;
    if (last !== undefined) longest = Math.max(longest, day - last);
    last = day;
  }
  if (first === undefined || last === undefined) return undefined;
  return first === last ? DAYS_LOOKED_AT : longest;
}

/** Shortest time between two firings within one day, in minutes; `undefined` when it fires at most once a day. */
export function shortestGapMinutes(cron: Cron): number | undefined {
  const moments: number[] = [];
  for (const hour of cron.hours)
    for (const minute of cron.minutes) moments.push(hour * 60 + minute);
  moments.sort((left, right) => left - right);
  let shortest: number | undefined;
  for (const [at, moment] of moments.entries()) {
    const before = moments[at - 1];
    if (before !== undefined)
      shortest = Math.min(shortest ?? Number.POSITIVE_INFINITY, moment - before);
  }
  return shortest;
}

function firesOn(cron: Cron, date: Date): boolean {
  if (!cron.months.has(date.getUTCMonth() + 1)) return false;
  const day = cron.daysOfMonth.has(date.getUTCDate());
  const weekday = cron.daysOfWeek.has(date.getUTCDay());
  return cron.eitherDay ? day || weekday : day && weekday;
}

function parseField(text: string, field: Field): Result<ReadonlySet<number>, string> {
  const values = new Set<number>();
  for (const item of text.split(",")) {
    const match = /^(\*|[A-Za-z0-9]+)(?:-([A-Za-z0-9]+))?(?:\/(\d+))?$/.exec(item);
    const from = match?.[1];
    if (from === undefined)
      return err(`"${item}" is not a value, range or step for the ${field.name}`);
    const step = match?.[3] === undefined ? 1 : Number(match[3]);
    const range = rangeOf(from, match?.[2], { field, stepped: match?.[3] !== undefined });
    if (!range.ok) return range;
    if (step === 0) return err(`the step of "${item}" for the ${field.name} is 0`);
    for (let value = range.value.least; value <= range.value.most; value += step) values.add(value);
  }
  return ok(values);
}

function rangeOf(
  from: string,
  to: string | undefined,
  context: { readonly field: Field; readonly stepped: boolean },
): Result<{ readonly least: number; readonly most: number }, string> {
  const { field } = context;
  if (from === "*") {
    return to === undefined
      ? ok({ least: field.least, most: field.most })
      : err(`"*-${to}" is not a range for the ${field.name}`);
  }
  const least = numberOf(from, field);
  const most = to === undefined ? (context.stepped ? field.most : least) : numberOf(to, field);
  if (least === undefined || most === undefined) {
    return err(
      `the ${field.name} must be ${String(field.least)} to ${String(field.most)}, got "${to === undefined ? from : `${from}-${to}`}"`,
    );
  }
  return least <= most
    ? ok({ least, most })
    : err(`the range "${from}-${to ?? ""}" for the ${field.name} runs backwards`);
}

function numberOf(text: string, field: Field): number | undefined {
  const named = field.names.indexOf(text.toLowerCase());
  if (named !== -1) return named + field.least;
  if (!/^\d{1,2}$/.test(text)) return undefined;
  const value = Number(text);
  return value >= field.least && value <= field.most ? value : undefined;
}
