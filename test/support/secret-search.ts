/** Looks for secrets among bytes, in every form a program may have given them, and inside what is packed. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync } from "node:zlib";

/** `[form, value]` of every value found. */
export function secretsInBytes(
  bytes: Buffer,
  values: readonly string[],
): readonly (readonly [form: string, value: string])[] {
  const texts = [bytes, ...unpacked(bytes)];
  return values.flatMap((value) =>
    [...formsOf(value)]
      .filter(([, form]) => texts.some((text) => text.includes(form)))
      .map(([name]) => [name, value] as const),
  );
}

/** `path: form value` for every file below the folder but those that are the user's own. */
export async function secretsInFolder(
  folder: string,
  values: readonly string[],
  own: RegExp,
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const name = path.slice(folder.length + 1);
    if (!own.test(name) && secretsInBytes(Buffer.from(name), values).length > 0)
      found.push(`the name ${name}`);
    if (!entry.isFile() || own.test(name)) continue;
    for (const [form, value] of secretsInBytes(await readFile(path), values))
      found.push(`${name}: ${form} of ${value}`);
  }
  return found;
}

function formsOf(value: string): ReadonlyMap<string, Buffer> {
  const text = (name: string, form: string): [string, Buffer] => [name, Buffer.from(form)];
  return new Map([
    text("itself", value),
    text("JSON", JSON.stringify(value).slice(1, -1)),
    text("URL", encodeURIComponent(value)),
    text("URL, +", encodeURIComponent(value).replaceAll("%20", "+")),
    text("HTML", value.replaceAll("&", "&amp;").replaceAll("<", "&lt;")),
    text("hexadecimal", Buffer.from(value).toString("hex")),
    ["UTF-16", Buffer.from(value, "utf16le")],
    [
      "UTF-32",
      Buffer.concat(Array.from(value, (char) => Buffer.from([char.charCodeAt(0), 0, 0, 0]))),
    ],
    ...[0, 1, 2].map((shift) => text(`base64 + ${String(shift)}`, base64(value, shift))),
  ]);
}

/** The part of the base64 of any text with the value in it that only the value decides. */
function base64(value: string, shift: number): string {
  const bits = Buffer.concat([Buffer.alloc(shift), Buffer.from(value)]);
  const first = Math.ceil((shift * 8) / 6);
  const last = Math.floor((bits.length * 8) / 6);
  return bits.toString("base64").slice(first, last);
}

/** Everything inside that a decompressor can read: whole files, members of archives, streams that begin anywhere. */
function unpacked(bytes: Buffer): readonly Buffer[] {
  const found: Buffer[] = [];
  const attempt = (read: () => Buffer): void => {
    try {
      found.push(read());
    } catch {
      // It was not packed this way.
    }
  };
  for (let at = 0; at < bytes.length - 2 && found.length < 200; at += 1) {
    const [first = 0, second = 0, third = 0] = bytes.subarray(at, at + 3);
    if (first === 0x1f && second === 0x8b && third === 8)
      attempt(() => gunzipSync(bytes.subarray(at)));
    else if (first === 0x78 && (first * 256 + second) % 31 === 0)
      attempt(() => inflateSync(bytes.subarray(at)));
    else if (first === 0x50 && second === 0x4b && third === 3) {
      const start = at + 30 + bytes.readUInt16LE(at + 26) + bytes.readUInt16LE(at + 28);
      attempt(() => inflateRawSync(bytes.subarray(start)));
    }
  }
  if (bytes.length < 1 << 20) attempt(() => brotliDecompressSync(bytes));
  return found;
}
