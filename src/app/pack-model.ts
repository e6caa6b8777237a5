/** Asks the worker for the served half of a model version, and derives contract and profile from typed columns. No row of data is kept. */

import type { Sha256 } from "../base/brand.ts";
import { buildContract } from "../contract/build-contract.ts";
import type { Contract } from "../contract/schema.ts";
import { decodeColumns, type Table } from "../contract/typed-columns.ts";
import { profileTable, renderProfile } from "../monitoring/profile.ts";
import type { Artifacts } from "../ports/artifacts.ts";
import type { Worker } from "../ports/worker.ts";
import type { WalkedFiles } from "../registry/judge-names.ts";
import type { ParamValue } from "../run/fingerprint.ts";
import { ColumnsReply, PackReply } from "./pack-schema.ts";

/** A value in the store; `variable` is its place among several that were stored together. */
export interface StoredPart {
  readonly digest: Sha256;
  readonly codec: string;
  readonly variable?: number;
}

/** The raw table; `target` has the answers of its rows where no column of it does. */
export interface StoredTable extends StoredPart {
  readonly target?: StoredPart;
}

/** What is to be packed. */
export interface PackInput {
  /** Absolute folder of the generated package. */
  readonly packageFolder: string;
  readonly model: StoredPart;
  readonly raw: StoredTable;
  /** Values of the run by variable; the features are compared with those that the model was given. */
  readonly matrices: Readonly<Record<string, StoredPart>>;
  /** States of the generators before the run's steps that draw. */
  readonly random: readonly Sha256[];
  /** Values of the run's parameters by their Python names. */
  readonly parameters: Readonly<Record<string, ParamValue>>;
  readonly entity: string | readonly string[] | undefined;
  readonly time: string | undefined;
}

/** The served half: bytes by path in the directory, and the two documents. */
export interface PackedModel {
  readonly files: Readonly<Record<string, Sha256>>;
  readonly contract: Contract;
  /** Text of profile.json. */
  readonly profile: string;
  /** What loading the files looks up. */
  readonly walked: WalkedFiles;
}

/**
 * @throws WorkerError when the package's own code fails.
 * @throws InputError as `buildContract` does.
 */
export async function packModel(
  input: PackInput,
  ports: {
    readonly worker: Worker;
    readonly artifacts: Artifacts;
    readonly signal: AbortSignal;
  },
): Promise<PackedModel> {
  const { packageFolder, model, raw, matrices, random, parameters, entity, time } = input;
  const { signal } = ports;
  const ask = { store: ports.artifacts.root, package: packageFolder };
  const reply = PackReply.parse(
    (
      await ports.worker.call(
        "pack",
        { ...ask, model, raw, matrices, random, parameters },
        { signal },
      )
    ).result,
  );
  const columnsOf = async (part: StoredTable): Promise<Table> => {
    const { result, payloads } = await ports.worker.call(
      "columns",
      { ...ask, ...part },
      { signal },
    );
    return decodeColumns(ColumnsReply.parse(result), payloads);
  };
  const table = await columnsOf(raw);
  const { kind, classes, outputs, remark, entity: answered } = reply.answer;
  const whose = answered ?? entity;
  const contract = buildContract(table, {
    columns: reply.served,
    answer: {
      kind,
      ...(classes === null ? {} : { classes }),
      ...(outputs === null ? {} : { outputs }),
      ...(remark === null ? {} : { remark }),
      ...(answered === null ? {} : { per: "entity" as const }),
    },
    unseen: reply.unseen,
    ...(whose === undefined ? {} : { entity: whose }),
    ...(time === undefined ? {} : { time }),
  });
  const served = new Set(reply.served);
  const personal = new Set(
    contract.columns.filter((column) => column.personal).map((column) => column.name),
  );
  const features =
    reply.features === null ? undefined : profileTable(await columnsOf(reply.features), personal);
  const prediction =
    reply.prediction === null ? undefined : profileTable(await columnsOf(reply.prediction));
  const profile = renderProfile({
    version: 1,
    raw: profileTable(
      { rows: table.rows, columns: table.columns.filter((column) => served.has(column.name)) },
      personal,
    ),
    ...(features === undefined ? {} : { features }),
    ...(prediction === undefined ? {} : { prediction }),
  });
  return { files: reply.files, contract, profile, walked: reply.walked };
}
