import type { ProcessEnd, Processes, ProcessRequest } from "../../src/ports/processes.ts";

/** Processes that answer from a table by program name; a program that is not in it cannot be started. */
export function fakeProcesses(
  programs: Readonly<Record<string, (request: ProcessRequest) => Partial<ProcessEnd>>>,
): Processes {
  return {
    run: async (request) => {
      const program = programs[request.command[0]];
      if (program === undefined) return { kind: "not-started", reason: "ENOENT" };
      return {
        kind: "exited",
        exit: 0,
        stdout: "",
        stderr: "",
        ...program(request),
      } as ProcessEnd;
    },
  };
}
