/** Looks for secrets among bytes, in every form a program may have given them, and inside what is packed. */
import { spawnSync } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { brotliDecompressSync, constants, inflateRawSync } from "node:zlib";
import { pythonForTests } from "./python-environment.ts";

/** `[form, value]` of every value found. */
export async function secretsInBytes(
  bytes: Buffer,
  values: readonly string[],
): Promise<readonly (readonly [form: string, value: string])[]> {
  const texts = [bytes, ...unpacked(bytes, await pythonForTests())];
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
    if (!own.test(name) && (await secretsInBytes(Buffer.from(name), values)).length > 0)
      found.push(`the name ${name}`);
    if (!entry.isFile() || own.test(name)) continue;
    for (const [form, value] of await secretsInBytes(await readFile(path), values))
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

/** Packed in packed in packed: deeper than any format that is in use. */
const DEEPEST = 4;
/** What may come out of one file, bytes. A search that gave up quietly would find nothing, which is what its readers hope for. */
const MOST = 1 << 30;

/**
 * Everything inside that a decompressor can read: whole files, members of archives, streams that begin anywhere, with anything behind
 * them or cut off, and what is packed in those.
 *
 * @throws {Error} where more comes out than can be searched.
 */
function unpacked(bytes: Buffer, python: string): readonly Buffer[] {
  const found: Buffer[] = [];
  let total = 0;
  const search = (packed: Buffer, depth: number): void => {
    for (const inner of streamsOf(packed, python)) {
      total += inner.length;
      if (total > MOST) throw new Error("more is packed in a file than a test can search");
      found.push(inner);
      if (depth < DEEPEST) search(inner, depth + 1);
    }
  };
  search(bytes, 1);
  return found;
}

function* streamsOf(bytes: Buffer, python: string): Generator<Buffer> {
  const others: number[] = [];
  for (let at = 0; at < bytes.length - 2; at += 1) {
    const start = deflatedAt(bytes, at);
    const inflated = start === undefined ? undefined : attempt(() => inflate(bytes, start));
    if (inflated !== undefined && inflated.length > 0) yield inflated;
    if (PYTHON_ONLY.some((magic) => bytes.subarray(at, at + magic.length).equals(magic)))
      others.push(at);
  }
  if (others.length > 0) yield* unpackedByPython(bytes, others, python);
  const text = bytes.length < 1 << 20 ? attempt(() => brotliDecompressSync(bytes)) : undefined;
  if (text !== undefined) yield text;
}

/** Checksums and what follows are left alone, and a stream that was cut off is read as far as it goes. */
function inflate(bytes: Buffer, start: number): Buffer {
  return inflateRawSync(bytes.subarray(start), { finishFlush: constants.Z_SYNC_FLUSH });
}

/** Where the deflated bytes begin of a gzip, zlib or ZIP header at this place (RFC 1950, RFC 1952, APPNOTE 4.3.7). */
function deflatedAt(bytes: Buffer, at: number): number | undefined {
  const [first = 0, second = 0, third = 0, flags = 0] = bytes.subarray(at, at + 4);
  if (first === 0x78 && (first * 256 + second) % 31 === 0) return at + 2;
  if (first === 0x50 && second === 0x4b && third === 3 && at + 30 <= bytes.length)
    return at + 30 + bytes.readUInt16LE(at + 26) + bytes.readUInt16LE(at + 28);
  if (first !== 0x1f || second !== 0x8b || third !== 8) return undefined;
  let start = at + 10;
  if ((flags & 4) !== 0 && start + 2 <= bytes.length) start += 2 + bytes.readUInt16LE(start);
  // The file's name and a comment, each up to a zero.
  for (const flag of [8, 16]) if ((flags & flag) !== 0) start = bytes.indexOf(0, start) + 1;
  return (flags & 2) === 0 ? start : start + 2;
}

/** What Node has no decompressor for: bzip2, xz. */
const PYTHON_ONLY = [Buffer.from("BZh"), Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a])];
const UNPACK = `
import base64, bz2, lzma, sys
data = sys.stdin.buffer.read()
for at in map(int, sys.argv[1:]):
    make = bz2.BZ2Decompressor if data[at:at + 3] == b"BZh" else lzma.LZMADecompressor
    try:
        print(base64.b64encode(make().decompress(data[at:])).decode())
    except (OSError, lzma.LZMAError):
        pass
`;

function unpackedByPython(
  bytes: Buffer,
  places: readonly number[],
  python: string,
): readonly Buffer[] {
  const { status, stdout, stderr } = spawnSync(python, ["-c", UNPACK, ...places.map(String)], {
    input: bytes,
    encoding: "utf8",
    maxBuffer: MOST,
  });
  if (status !== 0) throw new Error(`Python could not look for packed files: ${stderr}`);
  const lines = stdout.split("\n").filter((line) => line !== "");
  return lines.map((line) => Buffer.from(line, "base64"));
}

function attempt(read: () => Buffer): Buffer | undefined {
  try {
    return read();
  } catch {
    // It was not packed this way.
    return undefined;
  }
}
