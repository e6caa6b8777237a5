/**
 * What we remember, as `app/` sees it. Implemented on SQLite by `adapters/sqlite/` and in memory by `test/support/`;
 * one contract test runs on both. Every method is one immediate transaction; methods that change something also append the event
 * given, with what they changed in its details (`registry/effect.ts`).
 */
import type { RunId, Sha256 } from "../base/brand.ts";
import type { ApprovalRequest, Decision, NewApprovalRequest } from "../registry/approval.ts";
import type { AuditEvent, FoundEvent, NewAuditEvent } from "../registry/audit.ts";
import type { Deployment } from "../registry/deployment.ts";
import type { Alias, ModelVersion, NewModelVersion } from "../registry/model.ts";
import type { NewPipelineRevision, PipelineRevision } from "../registry/pipeline-revision.ts";
import type { RunSelection } from "../registry/read-selection.ts";
import type { KeptTables } from "../registry/replay.ts";
import type {
  FinishedStep,
  RunOutline,
  RunOverview,
  RunRecord,
  RunStart,
  RunStatus,
  StepRecord,
} from "../registry/run-record.ts";
import type { ProcessIdentity } from "./process-table.ts";

/** One promised rename. Both paths are relative to the project root, with `/`. */
export interface FileMove {
  readonly from: string;
  /** Digest of the file at `from`; another one was changed by the user since and stays where it is. */
  readonly digest: Sha256;
  readonly to: string;
  /** Digest of the file at `to` that the move may replace; `undefined` where nothing may be there. What is found instead belongs to the user. */
  readonly replaces: Sha256 | undefined;
}

/** Moves that belong together: all of them happen, by the command that promised them or by the next one. */
export interface PendingWrite {
  readonly id: number;
  readonly moves: readonly FileMove[];
}

/** Which runs, and how many of them. */
export interface RunQuery extends RunSelection {
  /** `undefined` for any. */
  readonly pipeline: string | undefined;
  /** `undefined` for all. */
  readonly limit: number | undefined;
}

/** The first of the runs selected, and how many more there are. */
export interface SelectedRuns {
  readonly runs: readonly RunOverview[];
  readonly more: number;
}

/** The log and the tables beside it at one moment, for `registry/check-chain.ts` and `registry/replay.ts` to judge. */
export interface FoundLog {
  /** By sequence, as the rows are: nothing in them is believed, and none is an error. */
  readonly events: readonly FoundEvent[];
  readonly tables: KeptTables;
  /** Names of the guards against changes of the log that are no longer there. */
  readonly missingGuards: readonly string[];
}

/** Everything we remember. Lists say their order; names that do not exist give `undefined` or an empty list, never an error. */
export interface Registry {
  readonly pipelines: {
    /**
     * Numbers it from 1; returns the existing latest revision unchanged when `contentDigest` equals that one's, unless
     * the caller has written over a user's edits, which are then on record in `before`.
     */
    readonly addRevision: (
      revision: NewPipelineRevision,
      options?: { readonly evenWithoutChange: boolean },
    ) => PipelineRevision;
    readonly latestRevision: (pipeline: string) => PipelineRevision | undefined;
    /** By pipeline name, then oldest first. */
    readonly listRevisions: (pipeline?: string) => readonly PipelineRevision[];
    readonly setCertificate: (
      pipeline: string,
      revision: number,
      certificate: Sha256,
      verdict: string,
    ) => void;
  };
  readonly runs: {
    readonly start: (run: RunStart) => void;
    /** Records one step: executed, fresh or restored, with its manifest. Metrics and params of the manifest become rows. */
    readonly addStep: (runId: RunId, step: FinishedStep) => void;
    /** Several at once, in one transaction; none is nothing. */
    readonly addSteps: (runId: RunId, steps: readonly FinishedStep[]) => void;
    readonly finish: (
      runId: RunId,
      status: Exclude<RunStatus, "running">,
      endedAtMs: number,
    ) => void;
    /** By full id or unique prefix of at least 6; `undefined` when none; throws UsageError `run-prefix-ambiguous`. */
    readonly find: (idOrPrefix: string) => RunRecord | undefined;
    /** In full, newest first. */
    readonly list: (filter: {
      readonly pipeline?: string;
      readonly status?: RunStatus;
      readonly limit?: number;
    }) => readonly RunRecord[];
    /** Those that meet all conditions, in the order asked for or else newest first, as are runs without a value to sort by, which come last. Throws what `readSelection` throws. */
    readonly select: (query: RunQuery) => SelectedRuns;
    /** Every run, newest first. */
    readonly outlines: () => readonly RunOutline[];
    /** Those that have not ended, newest first. */
    readonly running: () => readonly RunOutline[];
    /** The newest succeeded execution of a step with exactly this fingerprint, in any run. */
    readonly findStep: (
      pipeline: string,
      step: string,
      fingerprint: Sha256,
    ) => StepRecord | undefined;
    /** The newest execution of a step whatever its fingerprint, to say what changed. */
    readonly lastStep: (pipeline: string, step: string) => StepRecord | undefined;
    /** Runs still "running" whose process is gone become "interrupted"; returns their ids. */
    readonly markInterrupted: (
      isAlive: (process: ProcessIdentity) => boolean,
      nowMs: number,
    ) => readonly RunId[];
    /** Forgets runs and all that is known of them alone; a run that is not there is no error. Blobs stay. */
    readonly remove: (ids: readonly RunId[]) => void;
  };
  readonly models: {
    /**
     * Numbers it from 1 (never reused); returns the existing version when its `contentDigest` is already registered for that model.
     * `event` is appended, with `churn@v3` as its subject, only when a version was made.
     */
    readonly register: (
      version: NewModelVersion,
      event?: Omit<NewAuditEvent, "subject">,
    ) => ModelVersion;
    /**
     * Takes a version in under the number it has elsewhere. The same content under the same number again is nothing new
     * and gives no event.
     * @throws ConflictError `model-version-taken` when the number has other content here, or the content another number.
     */
    readonly adopt: (version: ModelVersion, event: NewAuditEvent) => void;
    readonly get: (model: string, version: number) => ModelVersion | undefined;
    /** Resolves `v3`, an alias, or `undefined` for the newest version. */
    readonly resolve: (model: string, reference: string | undefined) => ModelVersion | undefined;
    /** By model name, then oldest first. */
    readonly list: (model?: string) => readonly ModelVersion[];
    /** By alias. */
    readonly aliases: (model: string) => readonly Alias[];
    /** Whether the alias may be moved is the caller's to know; see `app/assign-alias.ts`. */
    readonly setAlias: (
      model: string,
      alias: string,
      version: number,
      event: NewAuditEvent,
    ) => void;
    /** No such alias is no error, and then there is no event either. */
    readonly removeAlias: (model: string, alias: string, event: NewAuditEvent) => void;
    /** By key. */
    readonly tags: (model: string, version: number) => Readonly<Record<string, string>>;
    /** Sets the tags that have a value and removes the others. */
    readonly changeTags: (
      model: string,
      version: number,
      change: {
        readonly tags: Readonly<Record<string, string | undefined>>;
        readonly event: NewAuditEvent;
      },
    ) => void;
    /**
     * From now on it is in no list and no lookup; its number is never given again, and what was decided on it stays on
     * record. Registering the same content brings it back.
     * @throws ConflictError `model-version-in-use` while an alias points at it or a request is open or approved.
     */
    readonly remove: (model: string, version: number, event: NewAuditEvent) => void;
  };
  readonly approvals: {
    /** @throws ConflictError `approval-open` when a request for that version and environment waits for a decision or for its use. */
    readonly request: (request: NewApprovalRequest, event: NewAuditEvent) => ApprovalRequest;
    readonly get: (id: number) => ApprovalRequest | undefined;
    /** Newest first. */
    readonly list: (filter?: {
      readonly model?: string;
      readonly version?: number;
      readonly environment?: string;
    }) => readonly ApprovalRequest[];
    /** @throws ConflictError `approval-unknown`, `approval-transition-illegal`, `approval-expired`. */
    readonly decide: (id: number, decision: Decision, event: NewAuditEvent) => ApprovalRequest;
    /** Uses an approval up; the caller moves what it was for, `together` with this. Throws as `decide`. */
    readonly use: (id: number, atMs: number) => ApprovalRequest;
    /** Open and approved requests past their time become expired; returns them as they then are. */
    readonly expire: (
      nowMs: number,
      eventOf: (request: ApprovalRequest) => NewAuditEvent,
    ) => readonly ApprovalRequest[];
  };
  readonly deployments: {
    readonly add: (deployment: Omit<Deployment, "id">, event?: NewAuditEvent) => Deployment;
    /** Newest first. */
    readonly list: (environment?: string) => readonly Deployment[];
  };
  readonly audit: {
    readonly append: (event: NewAuditEvent) => AuditEvent;
    /** Newest first. */
    readonly list: (limit?: number) => readonly AuditEvent[];
    /** Recomputes the hash chain; the sequence number of the first broken event, or `undefined` when it holds. */
    readonly firstBroken: () => number | undefined;
    /** All of it, as it is stored, and what it is held against. */
    readonly examine: () => FoundLog;
  };
  /** File moves that a command has promised in the registry but not finished; replayed by the next command. */
  readonly pendingWrites: {
    /** Oldest first. */
    readonly list: () => readonly PendingWrite[];
    readonly add: (moves: readonly FileMove[]) => number;
    readonly done: (id: number) => void;
  };
  /** Everything that `work` does here is kept, or nothing: one immediate transaction around the methods' own. */
  readonly together: <T>(work: () => T) => T;
  /** What the storage says is broken in itself, or `undefined` when it holds together. */
  readonly damage: () => string | undefined;
  readonly close: () => void;
}
