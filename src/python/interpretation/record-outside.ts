/** Recording what a statement or body does to what is no variable. */
import type { Span } from "../../base/text-span.ts";
import type { AmbientEffect, DynamicCode } from "../facts.ts";
import type { Frame } from "./model.ts";
import { ambientKey } from "./summary.ts";

/** Records an effect on something that is no variable; each kind once per statement. */
export function recordAmbient(frame: Frame, effect: AmbientEffect): void {
  frame.run.recorder.ambient.set(ambientKey(effect), effect);
}

/** Records code that static knowledge ends at. */
export function recordDynamic(
  frame: Frame,
  kind: DynamicCode["kind"],
  span: Span,
  names?: readonly string[],
): void {
  const text = frame.unit.text.slice(span.start, span.end);
  frame.run.recorder.dynamic.set(`${kind} ${String(span.start)}`, {
    kind,
    span: { start: span.start, end: span.end },
    text,
    ...(names === undefined ? {} : { names }),
  });
}
