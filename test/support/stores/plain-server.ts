/** A web server that gives and takes files below `/store`, for whoever has the token. */
import { answerWithRange, type StoreServer, startStoreServer } from "./store-server.ts";

export const PLAIN_TOKEN = "token-of-the-team";

export async function startPlainServer(): Promise<StoreServer> {
  const blobs = new Map<string, Buffer>();
  return startStoreServer(blobs, ({ method, path, header, body, isCut }) => {
    if (header("authorization") !== `Bearer ${PLAIN_TOKEN}`) return { status: 401 };
    const name = path.replace(/^\/store\//, "");
    const found = blobs.get(name);
    if (method === "PUT") {
      if (isCut || header("content-length") !== String(body.length)) return { status: 400 };
      blobs.set(name, body);
      return { status: found === undefined ? 201 : 204 };
    }
    if (found === undefined) return { status: 404, body: "no such file" };
    if (method === "HEAD")
      return { status: 200, headers: { "content-length": String(found.length) } };
    return answerWithRange(found, header("range"));
  });
}
