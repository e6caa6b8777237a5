/**
 * Whether the saved outputs of a notebook come from running its cells from top to bottom, and if not, which order gives
 * them: orders that counts and names make likely are run for real, on copies, and what they print is compared.
 * Nothing is ever put into another order here; whoever wants that says so (`--order saved`).
 */
import { basename } from "node:path/posix";
import type { Diagnostic } from "../base/diagnostic.ts";
import { InputError, MlopsError } from "../base/errors.ts";
import type { SavedOrder } from "../notebook/cell.ts";
import { reorderNotebook } from "../notebook/reorder-notebook.ts";
import { type CellAgreement, compareSaved, countRepeated } from "../observation/saved-agreement.ts";
import type { Observation } from "../observation/schema.ts";
import { type CellOrder, guessOrders } from "../pipeline/cell-orders.ts";
import {
  describeNowhereBound,
  notesOnSaved,
  orderProven,
  silentCells,
  unsettledCells,
} from "../pipeline/hidden-state.ts";
import type { NotebookProgram } from "../pipeline/notebook-program.ts";
import type { Events } from "../ports/events.ts";
import type { Files } from "../ports/files.ts";
import type { PythonParser } from "../python/parse.ts";
import type { AppEvent } from "./event.ts";
import { loadNotebooks } from "./load-notebook.ts";

export interface SettleInput {
  readonly program: NotebookProgram;
  /** Path of the only notebook; `undefined` where there are several, whose cells no count compares. */
  readonly path: string | undefined;
  /** `cells`: whoever promotes has said that the order of the cells is the one that counts. */
  readonly order: "cells" | undefined;
  readonly pipeline: string;
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Runs a program of the same folder and tells everything; throws as `observeNotebook`. */
  readonly observe: (program: NotebookProgram) => Promise<Observation>;
  /** Told before other orders are run. */
  readonly onTry: (why: string, orders: number) => void;
}

export interface SettlePorts {
  readonly files: Files;
  readonly parser: PythonParser;
}

/** What the run from top to bottom showed, and notes on saved outputs that it does not repeat. */
export interface Settled {
  readonly observation: Observation;
  readonly notes: readonly Diagnostic[];
}

/**
 * @throws InputError `order-proven` when another order repeats what was saved and this one does not, with both; what
 *   the run itself throws when no order is better, told better where a name was bound by a cell that is gone.
 */
export async function settleOrder(input: SettleInput, ports: SettlePorts): Promise<Settled> {
  const { program } = input;
  let observation: Observation;
  try {
    observation = await input.observe(program);
  } catch (error) {
    throw await explainOrder(error, input, ports);
  }
  const agreements = compareSaved(program.notebook.cells, observation, silentCells(program));
  const notes = notesOnSaved(program, agreements, observation);
  const wrong = agreements.find(
    ({ cell, how }) => how === "differs" && !unsettledCells(program, observation).has(cell),
  );
  if (wrong === undefined || input.order === "cells") return { observation, notes };
  if (runMs(observation) > LONGEST_TRIED_MS) return { observation, notes: notes.map(withOtherWay) };
  const found = await tryOrders(input, ports, "some saved outputs are others");
  if (found?.isProven !== true) return { observation, notes };
  const { repeated, compared } = countRepeated(agreements);
  if (found.repeated <= repeated) return { observation, notes };
  throw orderProven(program, found, { wrong, repeated, compared });
}

/** A notebook that comes to its end is run in other orders unasked only where that costs little. */
const LONGEST_TRIED_MS = 60_000;

function runMs({ statements }: Observation): number {
  let sum = 0;
  for (const { wallMs } of statements) sum += wallMs;
  return sum;
}

function withOtherWay(note: Diagnostic): Diagnostic {
  if (note.code !== "saved-output-differs") return note;
  const hint = `${note.hint ?? ""}; or --order saved runs it in other orders to find the one these outputs come from`;
  return { ...note, hint };
}

/**
 * The order that the saved outputs prove.
 *
 * @throws InputError `order-unproven` when there is none.
 */
export async function findSavedOrder(
  input: SettleInput & { readonly path: string },
  ports: SettlePorts,
): Promise<{ readonly text: string; readonly order: SavedOrder }> {
  const found = await tryOrders(input, ports, "--order saved");
  if (found?.isProven !== true) {
    throw new InputError(
      found === undefined
        ? "neither the execution counts nor the names say that the cells were run in another order"
        : `no other order repeats the saved outputs: the best one, cells ${found.order.join(", ")}, ${found.failure === undefined ? `repeats ${String(found.repeated)} of ${String(found.compared)}` : `fails with ${found.failure}`}`,
      {
        code: "order-unproven",
        where: { path: input.path },
        hint: "put the cells into the order in which they are meant, use Restart and Run All in Jupyter, save, and promote without --order",
      },
    );
  }
  const { order, repeated, compared } = found;
  const text = (await ports.files.readText(input.path)) ?? "";
  const proof = { of: basename(input.path), repeated, compared };
  const copy = reorderNotebook(text, input.path, order, proof);
  if (copy?.order === undefined)
    throw new Error(`${input.path} was reordered before and now cannot be`);
  return { text: copy.text, order: copy.order };
}

/** One order that was run. */
export interface TriedOrder {
  readonly order: CellOrder;
  readonly repeated: number;
  readonly compared: number;
  /** What stopped it; `undefined` when it came to its end. */
  readonly failure: string | undefined;
  /** Whether everything that a run can repeat was repeated. */
  readonly isProven: boolean;
}

/** Errors of a run that another order may not have. */
const OF_ORDER = new Set(["cell-raised", "library-moved-on", "data-missing"]);

async function explainOrder(
  error: unknown,
  input: SettleInput,
  ports: SettlePorts,
): Promise<unknown> {
  if (!(error instanceof MlopsError) || !OF_ORDER.has(error.code)) return error;
  const found =
    input.order === "cells" ? undefined : await tryOrders(input, ports, error.message, error);
  if (found?.isProven === true) return orderProven(input.program, found, { error });
  return describeNowhereBound(input.program, error) ?? withTried(error, found);
}

/** Says which order came further, although nothing proves it. */
function withTried(error: MlopsError, found: TriedOrder | undefined): unknown {
  if (found === undefined || found.failure !== undefined) return error;
  const saved =
    found.compared === 0
      ? "no saved output says whether that is the one that was meant"
      : `but it repeats only ${String(found.repeated)} of ${String(found.compared)} saved outputs`;
  return new InputError(error.message, {
    code: error.code,
    ...(error.where === undefined ? {} : { where: error.where }),
    hint: `in the order ${found.order.join(", ")} every cell runs, ${saved}; put the cells into the order in which they are meant, restart the kernel and run all`,
    diagnostics: error.diagnostics,
    cause: error,
  });
}

/** The first order that is proven, else the one that repeats most; `undefined` when there is none to try. */
async function tryOrders(
  input: SettleInput,
  ports: SettlePorts,
  why: string,
  failed?: MlopsError,
): Promise<TriedOrder | undefined> {
  const { path } = input;
  if (path === undefined) return undefined;
  const orders = guessOrders(input.program).slice(0, failed === undefined ? 3 : undefined);
  const text = orders.length === 0 ? undefined : await ports.files.readText(path);
  if (text === undefined) return undefined;
  input.onTry(why, orders.length);
  let best: TriedOrder | undefined;
  for (const order of orders) {
    const tried = await tryOrder(order, { ...input, path, text }, ports);
    if (tried === undefined) continue;
    if (tried.isProven) return tried;
    if (best === undefined || isBetter(tried, best)) best = tried;
  }
  return best;
}

function isBetter(one: TriedOrder, other: TriedOrder): boolean {
  if ((one.failure === undefined) !== (other.failure === undefined))
    return one.failure === undefined;
  return one.repeated > other.repeated;
}

async function tryOrder(
  order: CellOrder,
  input: SettleInput & { readonly path: string; readonly text: string },
  ports: SettlePorts,
): Promise<TriedOrder | undefined> {
  const copy = reorderNotebook(input.text, input.path, order);
  if (copy === undefined) return undefined;
  const path = orderedPath(input.path);
  try {
    const { program } = await loadNotebooks([path], ports, {
      pipeline: input.pipeline,
      environment: input.variables,
      unwritten: new Map([[path, copy.text]]),
    });
    const observation = await input.observe(program);
    const agreements = compareSaved(program.notebook.cells, observation, silentCells(program));
    const { repeated, compared } = countRepeated(agreements);
    const unsettled = unsettledCells(program, observation);
    const isProven =
      repeated > 0 &&
      agreements.every(({ cell, how }: CellAgreement) => how !== "differs" || unsettled.has(cell));
    return { order, repeated, compared, failure: undefined, isProven };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { order, repeated: 0, compared: 0, failure: error.message, isProven: false };
  }
}

/** Says that other orders are run, which takes as long as the notebook does. */
export function sayTrying(events: Events<AppEvent>): SettleInput["onTry"] {
  return (why, orders) => {
    events.emit({
      kind: "noted",
      text: `Looks for the order that the saved outputs come from (${why}): up to ${String(orders)} more ${orders === 1 ? "run" : "runs"} of the notebook.`,
    });
  };
}

/** Where the copy in the proven order goes: beside the notebook, whose data it reads. */
export function orderedPath(path: string): string {
  return path.replace(/(?:\.ipynb)?$/i, "-ordered.ipynb");
}
