/** `.mlopsrc.yaml`: everything a project may set. Strict, so that a misspelled key is an error and not a silent default. */
import { z } from "zod";
import { Digest } from "../base/digest-schema.ts";
import { parseRelativePath } from "../base/relative-path.ts";
import { parseSize } from "../base/size.ts";
import { DeployOptions } from "../deploy/schema.ts";
import { Name } from "../pipeline/schema.ts";
import { REQUIREMENTS } from "../registry/approval-policy.ts";
import { DEFAULT_ISSUERS } from "../registry/ci-claims.ts";

const Folder = z
  .string("must be a folder inside the project, like pipelines")
  .refine(
    (text) => parseRelativePath(text) !== undefined,
    "must be a folder inside the project, like pipelines",
  );

const Port = z
  .int("must be a whole number from 0 to 65535")
  .min(0, "must be a whole number from 0 to 65535")
  .max(65_535, "must be a whole number from 0 to 65535");

const Machine = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, "must be a name of lower-case letters, digits and hyphens");

export const Config = z.strictObject({
  /** Of this file's format. */
  version: z.literal(1, "must be 1").default(1),
  /** Interpreter that notebooks and pipelines run with: a command, or a path relative to this file. Absent: searched for. */
  python: z.string("must be a command or a path, like .venv/bin/python").min(1).optional(),
  /** Where promoted pipelines are written. */
  pipelines: Folder.default("pipelines"),
  /** Where the team shares by content: a folder, absolute or relative to this file, or an address (see `parseStoreAddress`). */
  store: z
    .string("must be a folder or an address, like /mnt/team/store or s3://team-data/churn")
    .min(1)
    .optional(),
  /** How much of what can be made again stays in `.mlops/`. */
  keep: z
    .strictObject({
      /** After `run` and `promote` the values that were used longest ago go, until the store is no larger: a size, or unlimited. */
      size: z
        .string("must be a size, like 20 GB, or unlimited")
        .refine((text) => parseSize(text) !== undefined, "must be a size, like 20 GB, or unlimited")
        .default("20 GB"),
      /** Newest runs of each pipeline whose values `mlops clean` leaves. */
      runs: z
        .int("must be a whole number from 0")
        .min(0, "must be a whole number from 0")
        .default(10),
    })
    .prefault({}),
  /** What remembers runs and models. */
  registry: z.literal("local", 'must be "local"').default("local"),
  promote: z
    .strictObject({
      /** Seconds one statement of the notebook, or one step, may take. */
      timeout: z
        .number("must be a number of seconds above 0")
        .positive("must be a number of seconds above 0")
        .default(600),
      /** Let the notebook use the network while it is observed. */
      "allow-network": z.boolean().default(false),
      /** Let the notebook write outside its own folder while it is observed. */
      "allow-write": z.boolean().default(false),
      /** Make requirements.lock with a hash for every file; asks a package index when the requirements changed. */
      lock: z.boolean().default(true),
    })
    .prefault({}),
  /** An alias of one of these names says what that environment should run; `mlops.lock.yaml` keeps it. */
  environments: z.array(Name).default(["staging", "production"]),
  models: z
    .strictObject({
      /** Which runs make a model version by themselves: all; those whose model holds `deploy.gates` and is at least as good as the champion; none. */
      register: z
        .enum(["always", "better", "manual"], "must be always, better or manual")
        .default("always"),
      /** Metric that decides whether a model is as good as the champion. Absent: every metric whose direction is known. */
      "champion-metric": z.string("must be the name of a metric, like roc-auc").min(1).optional(),
      /** Which value of a metric is the better one, where that is not known: greater or less, by metric. */
      better: z
        .record(z.string(), z.enum(["greater", "less"], "must be greater or less"))
        .default({}),
    })
    .prefault({}),
  approval: z
    .strictObject({
      /** Environments whose alias only an approval moves. */
      environments: z.array(Name).default(["production"]),
      /** Who may approve: `Name <email>` as git writes it, or an email. Empty: anybody. */
      approvers: z.array(z.string().min(1)).default([]),
      /** The approver must not be the author of the run. */
      "four-eyes": z.boolean().default(true),
      /** What an approver's identity must rest on. */
      identities: z.enum(["authenticated", "asserted"]).default("authenticated"),
      /** Evidence that must be there and hold. */
      require: z.array(z.enum(REQUIREMENTS)).default(["certificate", "thresholds"]),
      /** Days after which a request that was not used is void. */
      "expires-days": z
        .number("must be a number of days above 0")
        .positive("must be a number of days above 0")
        .default(14),
      /** Whose ID tokens say who acts in CI. */
      issuers: z
        .array(
          z
            .string("must be an address, like https://gitlab.com")
            .regex(
              /^https:\/\/[^/\s@?#]+(?:\/[^\s?#]*)?$/,
              "must be an address, like https://gitlab.com",
            ),
        )
        .default([...DEFAULT_ISSUERS]),
      /** Repositories whose CI jobs may act here, like github.com/acme/churn. Empty: the one that git's origin names. */
      repositories: z
        .array(
          z
            .string("must be a repository, like github.com/acme/churn")
            .regex(
              /^[a-z0-9.-]+(?::\d+)?(?:\/[\w.-]+)+$/i,
              "must be a repository, like github.com/acme/churn",
            ),
        )
        .default([]),
      /** The keys people sign with: a file in ssh's allowed_signers format, in the repository. Absent: signatures count for nothing. */
      signers: z
        .string("must be a file inside the project, like .mlops-signers")
        .refine(
          (text) => parseRelativePath(text) !== undefined,
          "must be a file inside the project, like .mlops-signers",
        )
        .optional(),
      /** Machines by name, each with the digest of its token: sha256: and 64 hex digits. */
      machines: z.record(Machine, Digest).default({}),
      /** Environments in which a machine counts as one of four eyes, and may approve when it is named among the approvers. */
      unattended: z.array(Name).default([]),
      /** What else a person is known as: an email with other emails and accounts, like github.com/ada. */
      people: z.record(z.string().min(1), z.array(z.string().min(1))).default({}),
    })
    .prefault({}),
  serve: z
    .strictObject({
      /** Address to listen on. */
      host: z.string("must be a host name or address").min(1).default("127.0.0.1"),
      /** 0 takes any free port. */
      port: Port.default(8080),
      /** Python processes that answer. */
      workers: z
        .int("must be a whole number from 1 to 64")
        .min(1, "must be a whole number from 1 to 64")
        .max(64, "must be a whole number from 1 to 64")
        .default(1),
    })
    .prefault({}),
  deploy: DeployOptions.prefault({}),
});
export type Config = z.infer<typeof Config>;

/** A key that holds one value, or a list or free mapping that is set as a whole. */
export interface ConfigKey {
  readonly path: readonly string[];
  readonly kind: "text" | "number" | "boolean" | "other";
}

/** All keys, in the order of the schema. Free mappings (`deploy.gates`) are one key. */
export function configKeys(): readonly ConfigKey[] {
  return keysBelow(z.toJSONSchema(Config, { io: "input", unrepresentable: "any" }), []);
}

/** JSON Schema for editors and `mlops explain --schema config`. */
export function configJsonSchema(): Readonly<Record<string, unknown>> {
  return { ...z.toJSONSchema(Config, { io: "input", unrepresentable: "any" }) };
}

type SchemaNode = z.core.JSONSchema.BaseSchema;

function keysBelow(node: SchemaNode, path: readonly string[]): readonly ConfigKey[] {
  if (node.properties === undefined) return [{ path, kind: kindOf(node) }];
  return Object.entries(node.properties).flatMap(([name, child]) =>
    typeof child === "boolean" ? [] : keysBelow(child, [...path, name]),
  );
}

function kindOf(node: SchemaNode): ConfigKey["kind"] {
  if (node.type === "boolean") return "boolean";
  if (node.type === "number" || node.type === "integer" || typeof node.const === "number") {
    return "number";
  }
  return node.type === "string" || typeof node.const === "string" ? "text" : "other";
}
