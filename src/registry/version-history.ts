/** What happened to a model or one of its versions, out of the event log. */
import type { FoundEvent, NewAuditEvent } from "./audit.ts";
import { effectOf } from "./replay.ts";

/** A model, or one version of it. */
export interface Whose {
  readonly model: string;
  /** `undefined` for all of them. */
  readonly version: number | undefined;
}

/** An event whose content could be read. */
export interface ReadEvent extends NewAuditEvent {
  readonly sequence: number;
}

/**
 * Events of the model or version, in the order given: made, deleted, tagged, pointed at by an alias or no longer, asked
 * for, decided on, and everything else that has it as its subject.
 */
export function eventsOf(whose: Whose, events: readonly FoundEvent[]): readonly ReadEvent[] {
  const asked = new Map<number, Whose>();
  const pointed = new Map<string, number | null>();
  return events.flatMap((event) => {
    const { content } = event;
    if (content === undefined) return [];
    const isMeant = touches(event, whose, { asked, pointed });
    return isMeant ? [{ ...content, sequence: event.sequence }] : [];
  });
}

interface SoFar {
  /** What each request is about. */
  readonly asked: Map<number, Whose>;
  /** Where each alias points. */
  readonly pointed: Map<string, number | null>;
}

function touches(event: FoundEvent, whose: Whose, { asked, pointed }: SoFar): boolean {
  const effect = effectOf(event);
  const isMeant = (other: Whose | undefined): boolean =>
    other?.model === whose.model &&
    (whose.version === undefined || other.version === whose.version);
  if (isMeant(subjectOf(event.content?.subject ?? ""))) return true;
  switch (effect?.kind) {
    case "version-made":
    case "version-removed":
    case "tags":
      return isMeant(effect);
    case "alias": {
      const key = `${effect.model}@${effect.alias}`;
      const before = pointed.get(key) ?? null;
      pointed.set(key, effect.version);
      return [before, effect.version].some(
        (version) => version !== null && isMeant({ model: effect.model, version }),
      );
    }
    case "request":
      asked.set(effect.request, effect);
      return isMeant(effect);
    case "decision":
    case "expired":
      return isMeant(asked.get(effect.request));
    case "deployment":
    case undefined:
      return false;
  }
}

/** `churn@v3` and nothing else: an alias is told by what it points at. */
function subjectOf(subject: string): Whose | undefined {
  const [, model, version] = /^([^@]+)@v([1-9][0-9]*)$/.exec(subject) ?? [];
  return model === undefined ? undefined : { model, version: Number(version) };
}
