/**
 * Projects of tests, by what they need:
 *   unit     Node only, under a minute altogether
 *   python   a real interpreter (found by what a file imports, see support/python-tests.ts)
 *   e2e      whole commands, in temporary projects
 *   constructs  every case of what is hard to extract, at two cuts each; not part of `npm test`
 *   interop  real peers in pinned environments of their own; not part of `npm test`
 *   soak     long and bounded; run by hand
 */
import { availableParallelism } from "node:os";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { testsThatNeedPython } from "./support/python-tests.ts";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const special = ["test/e2e/**", "test/constructs/**", "test/interop/**", "test/soak/**"];
const python = testsThatNeedPython(root);
const pythonSetup = "test/support/global-setup-python.ts";

export default defineConfig({
  root,
  test: {
    sequence: { shuffle: true },
    // Most tests wait for programs that they started: with one file at a time, as is usual on two cores, half of them idle.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    unstubEnvs: true,
    // No test asks a package index, the programs it starts included; the lock has tests of its own.
    env: { MLOPS_PROMOTE_LOCK: "false" },
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: [...special, ...python],
          testTimeout: 15_000,
        },
      },
      {
        extends: true,
        test: {
          name: "python",
          // A pattern that matches nothing, because an empty list means the default patterns.
          include: python.length === 0 ? ["test/none"] : [...python],
          exclude: special,
          globalSetup: pythonSetup,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          globalSetup: pythonSetup,
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
      {
        extends: true,
        test: {
          name: "constructs",
          include: ["test/constructs/**/*.test.ts"],
          globalSetup: pythonSetup,
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
      {
        extends: true,
        test: {
          name: "interop",
          include: ["test/interop/**/*.test.ts"],
          testTimeout: 900_000,
          hookTimeout: 900_000,
        },
      },
      {
        extends: true,
        test: {
          name: "soak",
          include: ["test/soak/**/*.test.ts"],
          globalSetup: pythonSetup,
          testTimeout: 3_600_000,
          hookTimeout: 900_000,
        },
      },
    ],
  },
});
