/** Reading request bodies without letting a client decide how much memory that takes. */
import type { IncomingMessage } from "node:http";

/** The whole body; `too-large` as soon as it exceeds the limit; `aborted` when the client went away or was too slow. */
export function readBody(
  message: IncomingMessage,
  limitBytes: number,
): Promise<Uint8Array | "too-large" | "aborted"> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    message.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length > limitBytes) {
        message.pause();
        resolve("too-large");
        return;
      }
      chunks.push(chunk);
    });
    message.once("end", () => {
      resolve(Buffer.concat(chunks));
    });
    message.once("error", () => {
      resolve("aborted");
    });
    message.once("close", () => {
      resolve("aborted");
    });
  });
}

/** Reads the rest of a refused body and forgets it; cuts the connection when it is longer than `limitBytes`. */
export function discardBody(message: IncomingMessage, limitBytes: number): void {
  let length = 0;
  message.removeAllListeners("data");
  message.on("data", (chunk: Buffer) => {
    length += chunk.length;
    if (length > limitBytes) message.destroy();
  });
  message.resume();
}
