/** The tests that find no secret rest on this search: it must find one wherever it stands. */
import { spawnSync } from "node:child_process";
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { pythonForTests } from "./python-environment.ts";
import { secretsInBytes } from "./secret-search.ts";

const SECRET = "pä55/w&rd <1>";
/** Long enough with few letters, so that no way of packing leaves the secret's bytes as they are. */
const LETTERS = Array.from({ length: 800 }, (_, at) => "eta o"[(at * at * 7 + at) % 5]).join("");
const HOLDER = Buffer.from(`${LETTERS} ${SECRET} ${LETTERS}`);

const SPELLED: readonly (readonly [form: string, text: string | Buffer])[] = [
  ["itself", SECRET],
  ["JSON", String.raw`{"a": "q\"q"}`],
  ["URL", "p%C3%A455%2Fw%26rd%20%3C1%3E"],
  ["URL, +", "p%C3%A455%2Fw%26rd+%3C1%3E"],
  ["HTML", "pä55/w&amp;rd &lt;1>"],
  ["hexadecimal", Buffer.from(SECRET).toString("hex")],
  ["UTF-16", Buffer.from(SECRET, "utf16le")],
  ["base64 + 0", Buffer.from(SECRET).toString("base64")],
  ["base64 + 1", Buffer.from(`u:${SECRET}`).toString("base64")],
  ["base64 + 2", Buffer.from(`user:${SECRET}:x`).toString("base64")],
];

test.each(SPELLED)("finds a secret spelled as %s", async (form, text) => {
  const value = form === "JSON" ? 'q"q' : SECRET;
  const bytes = Buffer.concat([Buffer.from("a "), Buffer.from(text), Buffer.from(" z")]);
  expect(await secretsInBytes(bytes, ["absent-1", value])).toContainEqual([
    expect.stringContaining(form.startsWith("base64") ? "base64" : form),
    value,
  ]);
});

const named = (flags: number, fields: readonly Buffer[]): Buffer => {
  const packed = gzipSync(HOLDER);
  packed.writeUInt8(flags, 3);
  return Buffer.concat([packed.subarray(0, 10), ...fields, packed.subarray(10)]);
};
const streams = (count: number): Buffer =>
  Buffer.concat([
    ...Array.from({ length: count }, (_, at) => deflateSync(Buffer.from(`page ${String(at)}`))),
    deflateSync(HOLDER),
  ]);

const PACKED: readonly (readonly [how: string, bytes: Buffer])[] = [
  ["gzip", gzipSync(HOLDER)],
  [
    "gzip with something behind it",
    Buffer.concat([gzipSync(HOLDER), Buffer.from([0x1f, 0x8b, 9])]),
  ],
  ["gzip that was cut off", gzipSync(HOLDER).subarray(0, -10)],
  ["gzip with a name and a comment", named(24, [Buffer.from("a.txt\0"), Buffer.from("b\0")])],
  ["gzip with an extra field", named(4, [Buffer.from([2, 0, 0, 0])])],
  ["gzip in gzip", gzipSync(gzipSync(HOLDER))],
  ["the second member of a gzip file", Buffer.concat([gzipSync("one"), gzipSync(HOLDER)])],
  ["zlib", deflateSync(HOLDER)],
  ["zlib in the middle of a file", Buffer.concat([Buffer.from("%PDF "), deflateSync(HOLDER)])],
  ["the last of 500 streams", streams(500)],
  ["a member of a ZIP archive", zipMember("a.txt", deflateRawSync(HOLDER))],
  ["a gzip file in a ZIP archive", zipMember("a.gz", deflateRawSync(gzipSync(HOLDER)))],
  ["brotli", brotliCompressSync(HOLDER)],
];

test.each(PACKED)("finds a secret in %s", async (_how, bytes) => {
  expect(bytes.includes(SECRET)).toBe(false);
  expect(await secretsInBytes(bytes, [SECRET, "absent-1"])).toContainEqual(["itself", SECRET]);
  expect(await secretsInBytes(bytes, ["absent-1"])).toEqual([]);
});

test.each(["bz2", "lzma"])("finds a secret in what Python's %s packs", async (module) => {
  const script = `import sys, ${module}; sys.stdout.buffer.write(b"x" + ${module}.compress(sys.stdin.buffer.read()))`;
  const { stdout } = spawnSync(await pythonForTests(), ["-c", script], { input: HOLDER });
  expect(stdout.includes(SECRET)).toBe(false);
  expect(await secretsInBytes(stdout, [SECRET, "absent-1"])).toContainEqual(["itself", SECRET]);
  expect(await secretsInBytes(stdout, ["absent-1"])).toEqual([]);
});

/** Local header of APPNOTE 4.3.7: method 8, no sizes, as written where the target cannot seek. */
function zipMember(name: string, deflated: Buffer): Buffer {
  const header = Buffer.alloc(30);
  header.write("PK\u0003\u0004", 0, "latin1");
  header.writeUInt16LE(8, 8);
  header.writeUInt16LE(name.length, 26);
  return Buffer.concat([header, Buffer.from(name), deflated]);
}
