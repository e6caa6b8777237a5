/** `store:` in the settings → where the shared store is. Only what can be meant in one way is taken. */
import { ConfigError } from "../base/errors.ts";
import type { StoreAddress } from "../ports/blob-store.ts";

/** @throws ConfigError `store-kind-unsupported`. */
export function parseStoreAddress(location: string): StoreAddress {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(location)?.[1]?.toLowerCase();
  // One letter is a drive of Windows.
  if (scheme === undefined || /^[a-z]:[\\/]/i.test(location))
    return { kind: "folder", path: location };
  switch (scheme) {
    case "s3":
    case "gs":
      return parseBucket(location, scheme);
    case "http":
    case "https":
      return parseUrl(location);
    default:
      throw unsupported(
        location,
        `begins with ${scheme}:, which is no kind of store that is known`,
        "name a folder, s3://BUCKET/PREFIX, gs://BUCKET/PREFIX or https://HOST/PATH",
      );
  }
}

function parseBucket(location: string, kind: "s3" | "gs"): StoreAddress {
  const found = /^\w+:\/\/([a-z0-9][a-z0-9._-]{1,220}[a-z0-9])(?:\/(.*))?$/.exec(location);
  const parts = (found?.[2] ?? "").split("/").filter((part) => part !== "");
  const bucket = found?.[1];
  if (
    bucket === undefined ||
    parts.some((part) => !/^[\w.~+=@-]+$/.test(part) || /^\.+$/.test(part))
  )
    throw unsupported(
      location,
      "does not name a bucket, or its prefix has characters that are no part of a plain path",
      `write ${kind}://BUCKET or ${kind}://BUCKET/PREFIX`,
    );
  return { kind, bucket, prefix: parts.map((part) => `${part}/`).join("") };
}

function parseUrl(location: string): StoreAddress {
  if (!URL.canParse(location))
    throw unsupported(location, "is no address", "write https://HOST/PATH");
  const url = new URL(location);
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    // The address itself is not repeated: it may hold a password.
    throw unsupported(
      `${url.protocol}//${url.host}`,
      "has credentials, a query or a fragment, and the settings are committed",
      "write https://HOST/PATH, and give the token in MLOPS_STORE_TOKEN",
    );
  }
  if (url.protocol === "http:" && !isLoopback(url.hostname))
    throw unsupported(
      location,
      "is not encrypted, so that whoever listens could read what is sent, the token included",
      "write https://; http:// is for this machine only, such as http://localhost:8080",
    );
  return { kind: "https", url: url.href.replace(/\/+$/, "") };
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(host);
}

function unsupported(location: string, problem: string, hint: string): ConfigError {
  return new ConfigError(`store: ${location} ${problem}.`, {
    code: "store-kind-unsupported",
    where: { path: ".mlopsrc.yaml" },
    hint,
  });
}
