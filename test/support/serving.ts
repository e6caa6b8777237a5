/** A small served model for tests of the gateway, and a fake worker that answers for it. */
import { sha256FromHex } from "../../src/base/hash.ts";
import { Contract } from "../../src/contract/schema.ts";
import type { Table, TableHeader } from "../../src/contract/typed-columns.ts";
import { decodeColumns } from "../../src/contract/typed-columns.ts";
import type { Worker, WorkerCallOptions, WorkerReply } from "../../src/ports/worker.ts";
import { WorkerError } from "../../src/ports/worker.ts";
import type { ServedModel } from "../../src/serving/served-model.ts";

/** Churn with one column of every type; `customer` is the entity, `email` is personal. */
export const churnContract: Contract = Contract.parse({
  version: 1,
  columns: [
    {
      name: "tenure",
      type: "int64",
      nullable: false,
      min: 0,
      max: 72,
      unseen: "reject",
      personal: false,
    },
    { name: "charges", type: "float64", nullable: true, unseen: "reject", personal: false },
    { name: "senior", type: "bool", nullable: false, unseen: "reject", personal: false },
    {
      name: "plan",
      type: "string",
      nullable: false,
      categories: ["basic", "premium"],
      unseen: "reject",
      personal: false,
    },
    { name: "since", type: "timestamp", nullable: false, unseen: "reject", personal: false },
    { name: "email", type: "string", nullable: true, unseen: "reject", personal: true },
  ],
  entity: "customer",
  answer: { kind: "label", classes: ["no", "yes"] },
});

/** `churn@v3`. */
export const churnModel: ServedModel = { name: "churn", version: 3, contract: churnContract };

/** A row that fulfils the contract. */
export const churnRow = {
  tenure: 12,
  charges: 29.5,
  senior: false,
  plan: "basic",
  since: "2023-05-01T12:00:00Z",
  email: null,
} as const;

/** What a fake worker does with a table. */
export type FakePredict = (table: Table, options: WorkerCallOptions) => Promise<readonly unknown[]>;

/** A worker in this process. `die` lets every call in flight and after it fail as a dead process would. */
export interface FakeWorker extends Worker {
  readonly die: () => void;
  readonly isClosed: () => boolean;
}

/** Makes a worker that decodes what the gateway sends and answers with `predict`. */
export function fakeWorker(predict: FakePredict, pid = 4711): FakeWorker {
  const death = Promise.withResolvers<never>();
  death.promise.catch(() => undefined);
  let isDead = false;
  let isClosed = false;
  const answer = async (
    operation: string,
    header: Readonly<Record<string, unknown>>,
    options: WorkerCallOptions,
  ): Promise<WorkerReply> => {
    if (isDead) throw died();
    if (operation === "ping") return { result: {}, payloads: [] };
    if (operation !== "predict") throw new Error(`the fake worker does not know ${operation}`);
    const table = decodeColumns(readHeader(header), options.payloads ?? []);
    return { result: { answers: await predict(table, options) }, payloads: [] };
  };
  return {
    pid,
    hello: {
      protocol: 1,
      python: "3.11.0",
      pid,
      environment: sha256FromHex("0".repeat(64)),
      searched: [],
    },
    call: (operation, header, options = {}) =>
      Promise.race([answer(operation, header, options), death.promise]),
    close: () => {
      isClosed = true;
      return Promise.resolve();
    },
    die: () => {
      isDead = true;
      death.reject(died());
    },
    isClosed: () => isClosed,
  };
}

/** Says "yes" to customers of less than a year. */
export const predictByTenure: FakePredict = (table) => {
  const tenure = table.columns.find((column) => column.name === "tenure");
  const answers = Array.from({ length: table.rows }, (_, row) => {
    const isNew = Number(tenure?.values[row]) < 12;
    return {
      label: isNew ? "yes" : "no",
      probabilities: isNew ? { no: 0.25, yes: 0.75 } : { no: 0.9, yes: 0.1 },
    };
  });
  return Promise.resolve(answers);
};

function died(): WorkerError {
  return new WorkerError({ code: "worker-died", message: "the worker was killed by SIGKILL" });
}

function readHeader(header: Readonly<Record<string, unknown>>): TableHeader {
  const { rows, columns } = header;
  if (typeof rows !== "number" || !Array.isArray(columns)) throw new Error("no table header");
  return {
    rows,
    columns: columns.map((column: unknown) => {
      const found = churnContract.columns.find(
        ({ name }) =>
          typeof column === "object" && column !== null && "name" in column && column.name === name,
      );
      if (found === undefined) throw new Error("a column the contract does not have");
      return { name: found.name, type: found.type };
    }),
  };
}
