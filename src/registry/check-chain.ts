/**
 * Where the chain of the event log is broken, and what the rows show of how. One pass over all rows.
 *
 * It cannot show that the whole chain, or its end from some event on, was written anew with hashes that fit, nor that its
 * last events were cut off: anchors do (`anchor.ts`).
 */
import { eventHash, type FoundEvent } from "./audit.ts";

/**
 * `changed`: the content does not give the hash. `dropped`: numbers are missing. `inserted`: the chain goes on from the
 * event before it. `reordered`: it follows from an event elsewhere. `unconnected`: it follows from none that is there.
 */
export type ChainFault = "changed" | "dropped" | "inserted" | "reordered" | "unconnected";

export interface ChainFinding {
  readonly fault: ChainFault;
  /** Of the event, or the first number that is missing. */
  readonly sequence: number;
  /** A sentence that names the event. */
  readonly message: string;
}

/** A row and the hash that its content gives. */
interface Weighed extends FoundEvent {
  readonly own: string | undefined;
}

/** Every break, by sequence; none when the chain holds. Rows are in the order of their sequence. */
export function checkChain(events: readonly FoundEvent[]): readonly ChainFinding[] {
  const placeOf = new Map(events.map(({ hash, sequence }) => [hash, sequence]));
  const found = new Map<number, ChainFinding>();
  let before: Weighed | undefined;
  let beforeThat: Weighed | undefined;
  for (const event of events) {
    const row: Weighed = { ...event, own: ownHash(event) };
    if (row.sequence < 1) {
      found.set(row.sequence, tell("inserted", row, "stands before event 1, which is the first"));
      continue;
    }
    // What is said later of the same event is said with more of it known.
    for (const finding of checkRow(row, { before, beforeThat, placeOf }))
      found.set(finding.sequence, finding);
    beforeThat = before;
    before = row;
  }
  return [...found.values()].sort((left, right) => left.sequence - right.sequence);
}

interface Around {
  readonly before: Weighed | undefined;
  readonly beforeThat: Weighed | undefined;
  readonly placeOf: ReadonlyMap<string, number>;
}

function checkRow(row: Weighed, around: Around): readonly ChainFinding[] {
  const { before } = around;
  const sequence = (before?.sequence ?? 0) + 1;
  const follows = isAfter(row, before);
  const changed =
    row.own === row.hash
      ? []
      : [
          tell(
            "changed",
            row,
            row.content === undefined
              ? "cannot be read as an event"
              : "was changed: its content does not give its hash",
          ),
        ];
  if (row.sequence !== sequence) {
    return follows
      ? [tell("changed", row, `follows from ${nameOf(before)}: its number was changed`)]
      : [...changed, tell("dropped", { sequence }, missing(sequence, row))];
  }
  // What was changed and follows from nothing is one finding: the link is part of what was changed.
  if (follows || changed.length > 0) return changed;
  // The one before stands in between: the chain goes on from the event in front of that one.
  if (before !== undefined && isAfter(row, around.beforeThat) && isPutIn(before, around)) {
    const what = `was put in: event ${String(sequence)} follows from ${nameOf(around.beforeThat)}`;
    return [tell("inserted", before, what)];
  }
  return [misplaced(row, around)];
}

/** It follows from where the chain goes on, or was not made by us at all; else the two have changed places. */
function isPutIn(before: Weighed, { beforeThat }: Around): boolean {
  return isAfter(before, beforeThat) || before.own !== before.hash;
}

/** The link fits the hash that is there or, where that was changed, the one that the content gives. */
function isAfter(row: FoundEvent, before: Weighed | undefined): boolean {
  if (before === undefined) return row.previousHash === undefined;
  return row.previousHash === before.hash || row.previousHash === before.own;
}

function misplaced(row: Weighed, { before, placeOf }: Around): ChainFinding {
  if (row.previousHash === undefined) return tell("reordered", row, "says that it is the first");
  const place = placeOf.get(row.previousHash);
  if (place !== undefined)
    return tell("reordered", row, `follows from event ${String(place)} by its hash`);
  const how =
    before === undefined
      ? "what came before it was dropped"
      : `${nameOf(before)} was rewritten with another hash, or one between the two was dropped and the numbers were changed`;
  return tell("unconnected", row, `follows from an event that is not in the log: ${how}`);
}

function missing(first: number, row: FoundEvent): string {
  const last = row.sequence - 1;
  return last === first ? "is missing" : `is missing, and so are all to ${String(last)}`;
}

function nameOf(event: FoundEvent | undefined): string {
  return event === undefined ? "nothing" : `event ${String(event.sequence)}`;
}

function tell(
  fault: ChainFault,
  { sequence }: Pick<FoundEvent, "sequence">,
  what: string,
): ChainFinding {
  return { fault, sequence, message: `event ${String(sequence)} ${what}` };
}

function ownHash({ previousHash, content }: FoundEvent): string | undefined {
  if (content === undefined) return undefined;
  try {
    return eventHash(previousHash, content);
  } catch {
    // Numbers that JSON cannot carry, which no event of ours has.
    return undefined;
  }
}
