/** A Python process that was ended from outside says nothing about the code it ran: it never becomes a finding. */
import { UpstreamError } from "../base/errors.ts";
import { WorkerError } from "../ports/worker.ts";

/**
 * The error to throw when this one means that a process was lost; `undefined` for every other.
 *
 * @param what What it was doing: `comparing step train with the notebook`.
 */
export function lostProcess(error: unknown, what: string): UpstreamError | undefined {
  if (!(error instanceof WorkerError) || error.failure.code !== "worker-died") return undefined;
  return new UpstreamError(`while ${what}: ${error.failure.message}`, {
    code: "worker-died",
    hint: "run the command again; when it happens each time, there is most likely not enough memory",
    cause: error,
  });
}
