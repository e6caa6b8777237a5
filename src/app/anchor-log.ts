/**
 * Writes the head of the event log down outside the log: into `mlops.lock.yaml`, or as an annotated tag of git. Nothing is
 * pushed, and nothing is appended to the log, whose head would then be another one; who anchored and when is git's to keep.
 */
import { ConflictError } from "../base/errors.ts";
import type { Git } from "../ports/git.ts";
import {
  ANCHOR_TAGS,
  type Anchor,
  anchorTag,
  readAnchorMessage,
  renderAnchorMessage,
} from "../registry/anchor.ts";
import { lockWithAnchor } from "../registry/lock.ts";
import type { ModelsAuditReport } from "./audit-schema.ts";
import { type CheckLogPorts, checkLog } from "./check-log.ts";
import { anchorIn } from "./find-anchors.ts";
import { changeModelsLock, type LockPorts, MODELS_LOCK } from "./models-lock.ts";

/** Where to. */
export type AnchorPlace = "lock" | "tag";

export type AnchorLogPorts = CheckLogPorts &
  Pick<LockPorts, "files" | "clock" | "ids"> & {
    readonly registry: CheckLogPorts["registry"] & LockPorts["registry"];
    readonly git: CheckLogPorts["git"] & Pick<Git, "tag">;
  };

type Anchored = NonNullable<ModelsAuditReport["anchored"]>;

/**
 * A log that was changed is not vouched for.
 * @throws ConflictError `audit-log-empty`, `audit-log-broken`, `anchor-not-tagged`; what `changeModelsLock` throws.
 */
export async function anchorLog(place: AnchorPlace, ports: AnchorLogPorts): Promise<Anchored> {
  const { head, isWhole } = await checkLog(ports);
  if (head === undefined)
    throw new ConflictError("The event log is empty, so there is nothing to anchor.", {
      code: "audit-log-empty",
      hint: "the first model version that is registered begins it",
    });
  if (!isWhole)
    throw new ConflictError("The event log was changed, so it is not anchored.", {
      code: "audit-log-broken",
      hint: "see where: mlops models audit --verify",
    });
  const { name, made } =
    place === "lock" ? await anchorInLock(head, ports) : await anchorInTag(head, ports);
  return { sequence: head.sequence, hash: head.hash, place, name, made };
}

interface Made {
  readonly name: string;
  readonly made: boolean;
}

async function anchorInLock(head: Anchor, ports: AnchorLogPorts): Promise<Made> {
  const known = anchorIn((await ports.files.readText(MODELS_LOCK)) ?? "");
  if (known !== undefined && isSame(known, head)) return { name: MODELS_LOCK, made: false };
  await changeModelsLock(
    (lock) => lockWithAnchor(lock, head),
    ports,
    () => undefined,
  );
  return { name: MODELS_LOCK, made: true };
}

async function anchorInTag(head: Anchor, { git, files }: AnchorLogPorts): Promise<Made> {
  const directory = files.absolute(".");
  const tags = await git.tags(directory, ANCHOR_TAGS);
  const messageOf = (name: string): string | undefined =>
    tags?.find((tag) => tag.name === name)?.message;
  // Another registry's log may have reached the same number.
  const plain = anchorTag(head);
  const isTaken =
    messageOf(plain) !== undefined && !isSame(readAnchorMessage(messageOf(plain) ?? ""), head);
  const name = anchorTag(head, isTaken);
  const before = messageOf(name);
  if (before !== undefined && isSame(readAnchorMessage(before), head)) return { name, made: false };
  const made = await git.tag(directory, name, renderAnchorMessage(head));
  if (made.kind === "made") return { name, made: true };
  throw new ConflictError(`git did not make the tag ${name}: ${made.because}.`, {
    code: "anchor-not-tagged",
    hint: "a tag needs a repository with a commit, and a name for its author (git config user.name); or anchor in the lock file: mlops models audit --anchor=lock",
  });
}

function isSame(left: Anchor | undefined, right: Anchor): boolean {
  return left?.sequence === right.sequence && left.hash === right.hash;
}
