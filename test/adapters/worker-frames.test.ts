import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  encodeFrame,
  type Frame,
  FrameError,
  FrameReader,
} from "../../src/adapters/worker-frames.ts";

const golden = new URL("../fixtures/contracts/worker-frames.hex", import.meta.url);

/** What both sides must write for these frames; `test/python-side/test_worker_frames.py` reads the same file. */
const goldenFrames: readonly Frame[] = [
  { header: { id: 1, op: "hello" }, payloads: [] },
  {
    header: { id: 2, op: "predict", rows: 2 },
    payloads: [Uint8Array.of(1, 2, 3), new Uint8Array(), Uint8Array.of(255)],
  },
  {
    header: { id: 3, op: "event", event: { kind: "text", stream: "stdout", text: "Größe\n" } },
    payloads: [],
  },
  {
    header: {
      id: 4,
      op: "error",
      code: "step-failed",
      message: "ValueError: no",
      cell: 7,
      line: 3,
    },
    payloads: [],
  },
];

test("frames have the bytes that the Python side reads and writes", () => {
  const expected = readFileSync(golden, "utf8").replaceAll(/^#.*$|\s/gm, "");
  const frames = new FrameReader().push(Buffer.from(expected, "hex"));
  expect(
    frames.map(({ header, payloads }) => ({
      header,
      payloads: payloads.map((payload) => [...payload]),
    })),
  ).toEqual(
    goldenFrames.map(({ header, payloads }) => ({
      header,
      payloads: payloads.map((payload) => [...payload]),
    })),
  );
  const again = goldenFrames.flatMap(({ header, payloads }) => encodeFrame(header, payloads));
  expect(new FrameReader().push(Buffer.concat(again))).toHaveLength(goldenFrames.length);
});

test("frames come out as they went in, however the bytes are cut", () => {
  const frame = fc.record({
    header: fc.record({ id: fc.nat(), op: fc.string(), extra: fc.jsonValue() }),
    payloads: fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 4 }),
  });
  fc.assert(
    fc.property(
      fc.array(frame, { maxLength: 4 }),
      fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }),
      (frames, cuts) => {
        const bytes = Buffer.concat(
          frames.flatMap(({ header, payloads }) => encodeFrame(header, payloads)),
        );
        const reader = new FrameReader();
        const found: Frame[] = [];
        let turn = 0;
        for (let at = 0; at < bytes.length; ) {
          const size = cuts[turn++ % cuts.length] ?? 1;
          found.push(...reader.push(bytes.subarray(at, at + size)));
          at += size;
        }
        expect(found.map((one) => one.header)).toEqual(
          frames.map(({ header }) => JSON.parse(JSON.stringify(header)) as unknown),
        );
        expect(found.map((one) => one.payloads.map((payload) => [...payload]))).toEqual(
          frames.map(({ payloads }) => payloads.map((payload) => [...payload])),
        );
      },
    ),
  );
});

test.each([
  ["a header longer than allowed", Buffer.from("ffffffff", "hex"), "a header of 4294967295 bytes"],
  [
    "a header that is not JSON",
    Buffer.concat([Buffer.from([3, 0, 0, 0]), Buffer.from("abc")]),
    "a header that is not JSON",
  ],
  ["a header without an id", frameOf({ op: "x" }), "without id and op"],
  ["an id that is no number", frameOf({ id: "1", op: "x" }), "wrong type"],
  ["lengths below zero", frameOf({ id: 1, op: "x", payloads: [-1] }), "payload lengths"],
  [
    "payloads larger than allowed",
    frameOf({ id: 1, op: "x", payloads: [2 ** 40] }),
    "payloads of 1099511627776 bytes",
  ],
])("refuses %s", (_, bytes, message) => {
  const reader = new FrameReader();
  expect(() => reader.push(bytes)).toThrow(FrameError);
  expect(() => new FrameReader().push(bytes)).toThrow(message);
});

function frameOf(header: unknown): Buffer {
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.length);
  return Buffer.concat([length, text]);
}
