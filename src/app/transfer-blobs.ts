/**
 * Moves blobs between the project's store and the shared one, several at once. What broke off goes on where it ended: at
 * once, after a pause, or with the next command. No bytes become a blob here before they match their name, and only bytes
 * that match it are sent. Whatever ends the transfer leaves what is whole.
 */
import type { Sha256 } from "../base/brand.ts";
import { TransientError } from "../base/errors.ts";
import { severalAtOnce } from "../base/several-at-once.ts";
import type { Artifacts, IncomingBlob } from "../ports/artifacts.ts";
import type { BlobStore } from "../ports/blob-store.ts";
import type { Timer } from "../ports/clock.ts";
import type { Events } from "../ports/events.ts";
import type { AppEvent } from "./event.ts";
import { retryTransfer } from "./retry-transfer.ts";
import { type TransferMeter, transferMeter } from "./transfer-meter.ts";

/** A blob with the name that people know it by, such as the path it has in a project. */
export interface LabelledBlob {
  readonly digest: Sha256;
  readonly label: string;
  /** Where it is known: then progress has an end, and what is longer is not taken in. */
  readonly bytes?: number;
}

/** What became of one blob. */
export type BlobOutcome = LabelledBlob &
  (
    | { readonly state: "moved" }
    /** It was where it should go. */
    | { readonly state: "present" }
    /** It is not where it should come from: when pushing also because its bytes there were damaged. */
    | { readonly state: "missing" }
    /** The shared store has other bytes under its name; nothing was taken in. */
    | { readonly state: "wrong"; readonly got: Sha256; readonly setAside: boolean }
  );

export interface TransferPorts {
  /** The project's store. */
  readonly local: Pick<Artifacts, "has" | "use" | "open" | "receive">;
  readonly shared: BlobStore;
  readonly timer: Timer;
  readonly events: Events<AppEvent>;
}

/** Files that are moved at the same time: with more, small ones hardly go faster and large ones break off together. */
const AT_ONCE = 4;

/**
 * From the project's store to the shared one. What that has already, of the same length where it says so, is not sent again.
 *
 * @returns One outcome for each digest, in the order in which they are first named.
 * @throws what `BlobStore` throws, when it still does after several attempts.
 */
export async function pushBlobs(
  blobs: readonly LabelledBlob[],
  signal: AbortSignal,
  ports: TransferPorts,
): Promise<readonly BlobOutcome[]> {
  const wanted = eachOnce(blobs);
  const there = await findShared(wanted, signal, ports);
  const isThere = ({ digest, bytes }: LabelledBlob): boolean => {
    const found = there.get(digest);
    return there.has(digest) && (found === undefined || bytes === undefined || found === bytes);
  };
  const toSend = wanted.filter((blob) => !isThere(blob));
  const meter = transferMeter("push", toSend, ports.events);
  return moveAll(wanted, signal, async (blob, stop) =>
    isThere(blob)
      ? { ...blob, state: "present" }
      : pushOne(blob, meter, { ...ports, signal: stop }),
  );
}

/**
 * From the shared store to the project's. What that has already is not fetched again.
 *
 * @returns One outcome for each digest, in the order in which they are first named.
 * @throws what `BlobStore` throws, when it still does after several attempts.
 */
export async function pullBlobs(
  blobs: readonly LabelledBlob[],
  signal: AbortSignal,
  ports: TransferPorts,
): Promise<readonly BlobOutcome[]> {
  const wanted = eachOnce(blobs);
  const isHere = await severalAtOnce(wanted, AT_ONCE, ({ digest }) => ports.local.use(digest));
  const toFetch = wanted.filter((_, index) => isHere[index] !== true);
  const meter = transferMeter("pull", toFetch, ports.events);
  const fetching = new Set(toFetch);
  return moveAll(wanted, signal, async (blob, stop) =>
    fetching.has(blob)
      ? pullOne(blob, meter, { ...ports, signal: stop })
      : { ...blob, state: "present" },
  );
}

/** Those that the shared store has, with their bytes where it says how many; asks again as transfers do. */
export async function findShared(
  blobs: readonly Pick<LabelledBlob, "digest">[],
  signal: AbortSignal,
  ports: Pick<TransferPorts, "shared" | "timer" | "events">,
): Promise<ReadonlyMap<Sha256, number | undefined>> {
  const digests = [...new Set(blobs.map(({ digest }) => digest))];
  if (digests.length === 0) return new Map();
  return persist(() => ports.shared.has(digests, signal), { ...ports, signal });
}

type OneTransfer = TransferPorts & { readonly signal: AbortSignal };

async function pushOne(
  blob: LabelledBlob,
  meter: TransferMeter,
  ports: OneTransfer,
): Promise<BlobOutcome> {
  const { digest, label } = blob;
  const source = await ports.local.open(digest);
  if (source === undefined) return { ...blob, state: "missing" };
  const moved = meter.begin(label);
  await persist(
    () => {
      moved.restart();
      const { signal } = ports;
      return ports.shared.put(digest, source, { signal, sent: moved.add });
    },
    ports,
    moved.ever,
  );
  moved.end();
  return { ...blob, bytes: source.bytes, state: "moved" };
}

async function pullOne(
  blob: LabelledBlob,
  meter: TransferMeter,
  ports: OneTransfer,
): Promise<BlobOutcome> {
  const first = await receive(blob, meter, ports);
  // What an earlier attempt had left may be what was wrong.
  const last =
    first.kind === "received" && first.got !== blob.digest && first.wentOn
      ? await receive(blob, meter, ports)
      : first;
  if (last.kind === "missing") return { ...blob, state: "missing" };
  const { got, bytes } = last;
  if (got === blob.digest) return { ...blob, bytes, state: "moved" };
  return { ...blob, state: "wrong", got, setAside: await ports.shared.setAside(blob.digest) };
}

type Received =
  | { readonly kind: "missing" }
  | {
      readonly kind: "received";
      readonly got: Sha256;
      readonly bytes: number;
      /** Whether some of the bytes were there before. */
      readonly wentOn: boolean;
    };

async function receive(
  blob: LabelledBlob,
  meter: TransferMeter,
  ports: OneTransfer,
): Promise<Received> {
  const incoming = await ports.local.receive(blob.digest);
  try {
    let wentOn = incoming.bytes() > 0;
    const moved = meter.begin(blob.label);
    const isFound = await persist(
      async () => {
        moved.restart();
        const how = await download(blob, incoming, moved.add, ports);
        if (how === "from-start") wentOn = false;
        return how !== "missing";
      },
      ports,
      moved.ever,
    );
    if (!isFound) return { kind: "missing" };
    const bytes = incoming.bytes();
    const got = await incoming.finish();
    if (got !== blob.digest) moved.restart();
    moved.end();
    return { kind: "received", got, bytes, wentOn };
  } finally {
    await incoming.close();
  }
}

/** One attempt, from where the bytes end that are here. */
async function download(
  { digest, bytes: expected }: LabelledBlob,
  incoming: IncomingBlob,
  moved: (bytes: number, how: "now" | "earlier") => void,
  { shared, signal }: OneTransfer,
): Promise<"missing" | "from-start" | "went-on"> {
  const here = incoming.bytes();
  const sent = await shared.get(digest, here, signal);
  if (sent === undefined) return "missing";
  if (sent.from !== here) await incoming.restart();
  moved(incoming.bytes(), "earlier");
  const most = expected ?? Number.POSITIVE_INFINITY;
  const how = sent.from === 0 ? "from-start" : "went-on";
  for await (const piece of sent.pieces) {
    signal.throwIfAborted();
    await incoming.append(piece);
    moved(piece.length, "now");
    // Longer than its name says it is: the rest cannot make it right, and might fill the disk.
    if (incoming.bytes() > most) return how;
  }
  if (sent.bytes !== undefined && incoming.bytes() < sent.bytes) {
    throw new TransientError(`${shared.describe()} stopped sending in the middle of ${digest}.`, {
      code: "store-unreachable",
      hint: "run the command again: it goes on where this one ended",
    });
  }
  return how;
}

function persist<T>(
  work: () => Promise<T>,
  { shared, timer, events, signal }: Pick<OneTransfer, "shared" | "timer" | "events" | "signal">,
  movedBytes: () => number = () => 0,
): Promise<T> {
  const retrying = (failure: TransientError, attempt: number, of: number): void => {
    const because = failure.message;
    events.emit({ kind: "transfer-retried", store: shared.describe(), attempt, of, because });
  };
  return retryTransfer({ work, movedBytes, retrying, signal }, timer);
}

/** The first failure ends the others, too: they would only meet it in turn. */
async function moveAll(
  blobs: readonly LabelledBlob[],
  signal: AbortSignal,
  moveOne: (blob: LabelledBlob, stop: AbortSignal) => Promise<BlobOutcome>,
): Promise<readonly BlobOutcome[]> {
  const failed = new AbortController();
  const stop = AbortSignal.any([signal, failed.signal]);
  return severalAtOnce(blobs, AT_ONCE, async (blob) => {
    signal.throwIfAborted();
    try {
      return await moveOne(blob, stop);
    } catch (error) {
      failed.abort();
      throw error;
    }
  });
}

/** By digest, with the label that comes first. */
function eachOnce(blobs: readonly LabelledBlob[]): readonly LabelledBlob[] {
  const found = new Map<Sha256, LabelledBlob>();
  for (const blob of blobs) if (!found.has(blob.digest)) found.set(blob.digest, blob);
  return [...found.values()];
}
