/** `--order saved`: writes a copy of the notebook, beside it, with its cells in the order that its saved outputs prove. */
import { dirname } from "node:path/posix";
import { ConflictError } from "../base/errors.ts";
import type { NotebookProgram } from "../pipeline/notebook-program.ts";
import type { Files } from "../ports/files.ts";
import type { PythonParser } from "../python/parse.ts";
import { loadNotebook } from "./load-notebook.ts";
import { type ObserveInput, type ObservePorts, observeNotebook } from "./observe-notebook.ts";
import { withEnvironment } from "./pipeline-environment.ts";
import { findSavedOrder, orderedPath, type SettleInput } from "./settle-order.ts";
import { workFolderOfNotebook } from "./work-folder.ts";

export type OrderInput = Pick<
  ObserveInput,
  "python" | "timeoutMs" | "allowNetwork" | "allowWrite" | "signal" | "fresh"
> &
  Pick<SettleInput, "pipeline" | "variables" | "onTry"> & { readonly pipelinesFolder: string };

export type OrderPorts = ObservePorts & { readonly files: Files; readonly parser: PythonParser };

/**
 * The path of the copy; one that is there already and says the same stays as it is.
 *
 * @throws InputError `order-unproven` and what reading throws; ConflictError `ordered-copy-changed` when another file is there.
 */
export async function writeOrderedCopy(
  path: string,
  input: OrderInput,
  ports: OrderPorts,
): Promise<string> {
  const { pipeline, variables } = input;
  const { program } = await loadNotebook(path, ports, { pipeline, environment: variables });
  const observe = (of: NotebookProgram): ReturnType<typeof observeNotebook> =>
    observeNotebook(
      {
        ...input,
        program: of,
        work: workFolderOfNotebook(program, dirname(path), ports),
        reference: undefined,
        onCell: () => undefined,
        onReused: () => undefined,
        onReachingUp: () => undefined,
      },
      {
        ...ports,
        workers: withEnvironment(ports.workers, of.environment, {
          ...variables,
          ...Object.fromEntries(of.hidden),
        }),
      },
    );
  const { text } = await findSavedOrder(
    { ...input, program, path, order: undefined, observe },
    ports,
  );
  const target = orderedPath(path);
  const there = await ports.files.readText(target);
  if (there !== undefined && there !== text) {
    throw new ConflictError(
      "this file is where the copy in the order of the saved outputs would be, and is another",
      {
        code: "ordered-copy-changed",
        where: { path: target },
        hint: `if you made it from an earlier copy, promote it as it is: mlops promote ${target}; else move it away`,
      },
    );
  }
  if (there === undefined) await ports.files.writeAtomic(target, text);
  return target;
}
