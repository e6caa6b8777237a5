import { expect, test } from "vitest";
import { isWatched } from "../../src/cli/terminal.ts";

test.for([
  ["a terminal", { isTTY: true, columns: 80 }, {}, true],
  ["a terminal that does not tell its width", { isTTY: true }, {}, true],
  ["a terminal without width", { isTTY: true, columns: 0 }, {}, false],
  ["a file", { isTTY: false }, {}, false],
  ["a CI log", { isTTY: true, columns: 80 }, { CI: "true" }, false],
] as const)("%s: is somebody watching? %j", ([, stream, environment, watched]) => {
  expect(isWatched({ write: () => undefined, ...stream }, environment)).toBe(watched);
});
