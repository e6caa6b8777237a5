import { expect, test } from "vitest";
import { lostProcess } from "../../src/app/lost-process.ts";
import { WorkerError } from "../../src/ports/worker.ts";

test("a process that was ended from outside is an error that names what it was doing", () => {
  const died = new WorkerError({
    code: "worker-died",
    message: "its process was ended by signal 9",
  });
  expect(lostProcess(died, "comparing step train with the notebook")).toMatchObject({
    code: "worker-died",
    exitCode: 3,
    message: "while comparing step train with the notebook: its process was ended by signal 9",
  });
});

test.each([
  ["a step that raised", new WorkerError({ code: "step-failed", message: "ValueError" })],
  ["a step that took too long", new WorkerError({ code: "worker-timeout", message: "60 s" })],
  ["another error", new Error("something")],
])("%s is no lost process", (_, error) => {
  expect(lostProcess(error, "comparing")).toBeUndefined();
});
