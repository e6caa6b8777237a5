/**
 * A shared store behind an ordinary web server: HEAD and GET with Range below its address, and PUT where it takes that.
 * A token travels as a bearer token to that address only; `fetch` drops it where a redirect leads to another host.
 */
import type { Sha256 } from "../base/brand.ts";
import { UpstreamError } from "../base/errors.ts";
import { severalAtOnce } from "../base/several-at-once.ts";
import type { BlobDownload, BlobSource, BlobStore, BlobTransfer } from "../ports/blob-store.ts";
import { blobKey } from "./blob-key.ts";
import type { StoreRequest } from "./store-failures.ts";
import { askStore, downloadOf, type HttpAnswer, lengthOf } from "./store-requests.ts";

const HEADS_AT_ONCE = 8;
const GONE = [404, 410];

/** @param token Sent with every request; `undefined` for a store that asks for none. */
export function openHttpsStore(url: string, token: string | undefined): BlobStore {
  const place = (digest: Sha256): string => `${url}/${blobKey(digest)}`;
  const asking = (doing: StoreRequest["doing"]): StoreRequest => ({
    store: url,
    doing,
    credentials:
      token === undefined
        ? "set MLOPS_STORE_TOKEN to the token that the store gave you"
        : "the token in MLOPS_STORE_TOKEN is not enough: it may be expired, or only for reading",
  });
  // Packed bytes would neither have the length nor begin where they are asked to.
  const headers = {
    "accept-encoding": "identity",
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  };

  const look = async (
    digest: Sha256,
    signal: AbortSignal,
  ): Promise<{ readonly bytes: number | undefined } | undefined> => {
    const ask = { ...asking("look"), url: place(digest), method: "HEAD", headers } as const;
    const answer = await askStore({ ...ask, accepted: GONE, signal });
    await answer.discard();
    refuseUnencrypted(url, answer);
    return GONE.includes(answer.status) ? undefined : { bytes: lengthOf(answer) };
  };

  const get = async (
    digest: Sha256,
    from: number,
    signal: AbortSignal,
  ): Promise<BlobDownload | undefined> => {
    const range = from === 0 ? {} : { range: `bytes=${String(from)}-` };
    const answer = await askStore({
      ...asking("get"),
      url: place(digest),
      method: "GET",
      headers: { ...headers, ...range },
      accepted: [...GONE, ...(from === 0 ? [] : [416])],
      signal,
    });
    refuseUnencrypted(url, answer);
    if (GONE.includes(answer.status)) {
      await answer.discard();
      return undefined;
    }
    return (await downloadOf(answer, from)) ?? get(digest, 0, signal);
  };

  return {
    describe: () => url,
    place,
    has: async (digests, signal) => {
      const found = await severalAtOnce(digests, HEADS_AT_ONCE, (digest) => look(digest, signal));
      const there = new Map<Sha256, number | undefined>();
      for (const [index, digest] of digests.entries()) {
        const blob = found[index];
        if (blob !== undefined) there.set(digest, blob.bytes);
      }
      return there;
    },
    get,
    put: async (digest, source, { signal, sent }) => {
      const answer = await askStore({
        ...asking("put"),
        url: place(digest),
        method: "PUT",
        headers: {
          ...headers,
          "content-length": String(source.bytes),
          "content-type": "application/octet-stream",
        },
        body: counting(source, sent),
        signal,
      });
      await answer.discard();
      // A server that says yes to everything must not pass for a store.
      const there = await look(digest, signal);
      if (there !== undefined && (there.bytes ?? source.bytes) === source.bytes) return;
      throw new UpstreamError(
        `${url} answered PUT with ${String(answer.status)} and does not have ${place(digest)} now, or not all of it.`,
        {
          code: "store-refused",
          hint: "let the server keep what is PUT below blobs/, and give it back by GET",
        },
      );
    },
    setAside: () => Promise.resolve(false),
  };
}

async function* counting(
  source: BlobSource,
  sent: BlobTransfer["sent"],
): AsyncIterable<Uint8Array> {
  for await (const piece of source.read(0)) {
    yield piece;
    sent?.(piece.length, "now");
  }
}

function refuseUnencrypted(url: string, answer: HttpAnswer): void {
  if (url.startsWith("http:") || answer.url === "" || answer.url.startsWith("https:")) return;
  throw new UpstreamError(`${url} leads to ${answer.url}, which is not encrypted.`, {
    code: "store-refused",
    hint: "name the address that answers by itself, with https://",
  });
}
