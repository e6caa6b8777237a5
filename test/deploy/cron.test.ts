import { expect, test } from "vitest";
import { longestGapDays, parseCron, shortestGapMinutes } from "../../src/deploy/cron.ts";

interface Case {
  readonly text: string;
  /** `never` for a schedule that no year has. */
  readonly longestDays: number | "never";
  readonly shortestMinutes?: number;
}

const cases: readonly Case[] = [
  { text: "0 3 * * 1", longestDays: 7 },
  { text: "0 3 * * MON", longestDays: 7 },
  { text: "*/15 * * * *", longestDays: 1, shortestMinutes: 15 },
  { text: "0 0,12 * * *", longestDays: 1, shortestMinutes: 720 },
  { text: "30 4 1 * *", longestDays: 31 },
  { text: "0 0 1 1 *", longestDays: 366 },
  { text: "0 0 29 2 *", longestDays: 1461 },
  { text: "0 0 30 2 *", longestDays: "never" },
  { text: "0 0 13 * 5", longestDays: 7 },
  { text: "0 0 1-7/3 * *", longestDays: 25 },
  { text: "5/20 8-10 * JAN-jun 0", longestDays: 196, shortestMinutes: 20 },
];

test.each(cases)("reads $text", ({ text, longestDays, shortestMinutes }) => {
  const cron = parseCron(text);
  if (!cron.ok) throw new Error(cron.error);
  expect(longestGapDays(cron.value) ?? "never").toBe(longestDays);
  expect(shortestGapMinutes(cron.value)).toBe(shortestMinutes);
});

test.each([
  ["@weekly", "five fields"],
  ["0 3 * *", "five fields"],
  ["60 3 * * 1", "minute must be 0 to 59"],
  ["0 24 * * *", "hour must be 0 to 23"],
  ["0 0 0 * *", "day of month must be 1 to 31"],
  ["0 0 * * 7", "day of week must be 0 to 6"],
  ["0 0 * FOO *", "month must be 1 to 12"],
  ["0 5-3 * * *", "runs backwards"],
  ["*/0 * * * *", "is 0"],
  ["0 0 1.5 * *", "is not a value"],
])("refuses %s", (text, because) => {
  const cron = parseCron(text);
  expect(cron.ok ? "accepted" : cron.error).toContain(because);
});
