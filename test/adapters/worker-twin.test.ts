/** Twins of real workers: what they are copies of, what they hear and see, and that they end. Where there is no `fork`, there is none. */
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { type Worker, WorkerError } from "../../src/ports/worker.ts";
import { pythonForTests } from "../support/python-environment.ts";
import {
  isAlive,
  type PipelineFolder,
  pipelineFolder,
  temporaryFolder,
  userStep,
  workerFile,
  workers,
} from "../support/python-workers.ts";

const hasTwins = process.platform === "linux";

test("a twin is what the worker was before its first step", async () => {
  await using folder = await pipelineFolder({
    "load.py": userStep([
      "import os, sys",
      "sys.steps = getattr(sys, 'steps', 0) + 1",
      "print(sys.steps, os.environ['ADDED'], len(sys.path))",
      "sys.path.append('/left/behind')",
    ]),
  });
  await using worker = await startWorker(folder, { ADDED: "1" });
  const texts = [];
  for (const process of [worker, worker, worker.twin])
    texts.push(await printed(process, folder.stepHeader("load")));
  const [first, second, ofTwin] = texts;
  expect(first).toMatch(/^1 1 \d+\n$/);
  expect(second).toMatch(/^2 1 \d+\n$/);
  expect(ofTwin).toBe(first);
});

test("worker and twin compute at the same time, and each hears its own text", async () => {
  const waits = userStep([
    "import os, time",
    "print(os.getpid(), flush=True)",
    "while not os.path.exists('go'): time.sleep(0.01)",
    "print(os.getpid())",
  ]);
  await using folder = await pipelineFolder({ "load.py": waits });
  await using worker = await startWorker(folder, {}, folder.path);
  const header = folder.stepHeader("load");
  const texts = { worker: "", twin: "" };
  const both = (["worker", "twin"] as const).map((which) =>
    (which === "twin" ? worker.twin : worker).call("step", header, {
      onEvent: (event) => (texts[which] += (event as { readonly text: string }).text),
    }),
  );
  await expect.poll(() => texts.worker !== "" && texts.twin !== "").toBe(true);
  await writeFile(join(folder.path, "go"), "");
  await Promise.all(both);
  const twin = await pidOf(worker.twin);
  expect(texts).toEqual({
    worker: `${String(worker.pid)}\n`.repeat(2),
    twin: `${String(twin)}\n`.repeat(2),
  });
});

test("a twin says no secret either", async () => {
  const step = userStep(["import os", "print('it is', os.environ['TOKEN'])"]);
  await using folder = await pipelineFolder({ "load.py": step });
  await using worker = await startWorker(folder, {
    TOKEN: "s3cr3t-and-long",
    MLOPS_SECRETS: "TOKEN",
  });
  expect(await printed(worker.twin, folder.stepHeader("load"))).toBe("it is ***\n");
});

test("code that waits for all its children does not wait for a twin, and finds none of its pipes", async () => {
  const step = userStep([
    "import os",
    "try: os.waitpid(-1, 0)",
    "except ChildProcessError: print('no children')",
    "print([name for name in os.environ if 'TWIN' in name])",
  ]);
  await using folder = await pipelineFolder({ "load.py": step });
  await using worker = await startWorker(folder);
  expect(await printed(worker, folder.stepHeader("load"))).toBe("no children\n[]\n");
  expect(isAlive(await pidOf(worker.twin))).toBe(true);
});

test.each([
  ["something ran already", {}, ["step"]],
  [
    "importing the package started a thread",
    {
      "load.py": `import threading, time\nthreading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n${userStep([])}`,
    },
    [],
  ],
  [
    "importing the package ran a module of the project",
    { "load.py": `import settings_of_the_project\n${userStep([])}` },
    [],
  ],
  ["the package cannot be imported", { "load.py": "import nowhere" }, []],
] as const)("there is no twin when %s", async (_, modules, before) => {
  await using folder = await pipelineFolder(modules);
  const { package: packageFolder, ...header } = folder.stepHeader("load");
  await writeFile(join(String(packageFolder), "settings_of_the_project.py"), "");
  await using worker = await startUnprepared(true);
  for (const operation of before)
    await worker.call(operation, { ...header, package: packageFolder });
  const reply = await worker.call("prepare", { package: packageFolder, twin: true });
  expect(reply.result).toMatchObject({ twin: false });
  await expect(worker.twin?.call("hello", {})).rejects.toMatchObject({
    failure: { code: "worker-died" },
  });
});

test.each([
  ["no room was made for one", false, { twin: true }],
  ["it was not asked for", true, {}],
])("there is no twin when %s", async (_, room, asked) => {
  await using folder = await pipelineFolder();
  await using worker = await startUnprepared(room);
  const { package: packageFolder } = folder.stepHeader("load");
  const reply = await worker.call("prepare", { package: packageFolder, ...asked });
  expect([worker.twin !== undefined, reply.result]).toMatchObject([room, { twin: false }]);
});

test.each([
  ["is closed", (worker: Worker) => worker.close()],
  [
    "is killed",
    (worker: Worker) => {
      process.kill(worker.pid, "SIGKILL");
      return Promise.resolve();
    },
  ],
  [
    "ran out of time",
    (worker: Worker, folder: PipelineFolder) =>
      worker.call("step", folder.stepHeader("load"), { timeoutMs: 1 }).catch(() => undefined),
  ],
])("a twin ends when its worker %s", async (_, end) => {
  await using folder = await pipelineFolder({ "load.py": userStep(["while True: pass"]) });
  await using worker = await startWorker(folder);
  const twin = await pidOf(worker.twin);
  const call = failureOf(worker.twin.call("step", folder.stepHeader("load")));
  await end(worker, folder);
  expect(await call).toMatchObject({ code: "worker-died" });
  await expect.poll(() => isAlive(twin), { timeout: 10_000 }).toBe(false);
});

test.each([
  ["is closed", "worker-died", (twin: Worker) => twin.close()],
  [
    "is killed",
    "worker-died",
    async (twin: Worker) => {
      process.kill(await pidOf(twin), "SIGKILL");
    },
  ],
  [
    "is interrupted",
    "worker-interrupted",
    (_: Worker, abort: AbortController) => {
      abort.abort();
      return Promise.resolve();
    },
  ],
  ["runs out of time", "worker-timeout", () => Promise.resolve()],
])("a worker goes on when its twin %s", async (name, code, end) => {
  await using folder = await pipelineFolder({
    "load.py": userStep(["import time", "print('begun', flush=True)", "time.sleep(600)"]),
    "summarize.py": "",
  });
  await folder.edit("summarize.py", () => "def summarize(**rest):\n    return {}\n");
  await using worker = await startWorker(folder);
  const twin = await pidOf(worker.twin);
  const abort = new AbortController();
  const begun = Promise.withResolvers<void>();
  const call = failureOf(
    worker.twin.call("step", folder.stepHeader("load"), {
      signal: abort.signal,
      onEvent: () => {
        begun.resolve();
      },
      ...(name === "runs out of time" ? { timeoutMs: 2000 } : {}),
    }),
  );
  await begun.promise;
  if (name === "is killed") process.kill(twin, "SIGKILL");
  else await end(worker.twin, abort);
  expect(await call).toMatchObject({ code });
  await expect.poll(() => isAlive(twin), { timeout: 5000 }).toBe(false);
  await worker.call("ping", {});
  expect((await worker.call("hello", {})).result).toMatchObject({ pid: worker.pid });
});

test("a twin ends when the process that started its worker is killed", async () => {
  await using folder = await pipelineFolder();
  await using scripts = await temporaryFolder();
  const script = join(scripts.path, "parent.mts");
  const adapter = fileURLToPath(new URL("../../src/adapters/python-worker.ts", import.meta.url));
  const start = { python: await pythonForTests(), workingDirectory: folder.path, twin: true };
  const prepare = { package: folder.stepHeader("load")["package"], twin: true };
  await writeFile(
    script,
    `import { createPythonWorkers } from ${JSON.stringify(adapter)};
const worker = await createPythonWorkers({ workerFile: ${JSON.stringify(workerFile)} }).start(${JSON.stringify(start)});
await worker.call("prepare", ${JSON.stringify(prepare)});
const { result } = await worker.twin.call("hello", {});
process.stdout.write(String(result.pid) + "\\n");
setInterval(() => undefined, 1000);
`,
  );
  const twin = await scripts.startAndKill(script);
  await expect.poll(() => isAlive(twin), { timeout: 5000 }).toBe(false);
});

async function startUnprepared(twin: boolean): Promise<Worker & AsyncDisposable> {
  const worker = await workers.start({
    python: await pythonForTests(),
    workingDirectory: tmpdir(),
    twin,
  });
  return { ...worker, [Symbol.asyncDispose]: worker.close };
}

async function startWorker(
  folder: PipelineFolder,
  environment: Readonly<Record<string, string>> = {},
  workingDirectory = tmpdir(),
): Promise<Worker & AsyncDisposable & { readonly twin: Worker }> {
  const worker = await workers.start({
    python: await pythonForTests(),
    workingDirectory,
    environment,
    twin: true,
  });
  const { package: packageFolder } = folder.stepHeader("load");
  const reply = await worker.call("prepare", { package: packageFolder, twin: true });
  expect(reply.result).toMatchObject({ twin: hasTwins });
  const { twin } = worker;
  if (twin === undefined) throw new Error("there is no room for a twin");
  return { ...worker, twin, [Symbol.asyncDispose]: worker.close };
}

async function pidOf(worker: Worker): Promise<number> {
  return ((await worker.call("hello", {})).result as { readonly pid: number }).pid;
}

async function failureOf(call: Promise<unknown>): Promise<WorkerError["failure"]> {
  const error = await call.catch((caught: unknown) => caught);
  if (error instanceof WorkerError) return error.failure;
  throw new Error(`expected a WorkerError, got ${String(error)}`);
}

async function printed(worker: Worker, header: Readonly<Record<string, unknown>>): Promise<string> {
  let text = "";
  await worker.call("step", header, {
    onEvent: (event) => (text += (event as { readonly text: string }).text),
  });
  return text;
}
