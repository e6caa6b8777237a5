import { mkdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { createPythonWorkers } from "../../src/adapters/python-worker.ts";
import { EnvironmentError } from "../../src/base/errors.ts";
import { type Worker, WorkerError, type WorkerFailure } from "../../src/ports/worker.ts";
import { StepManifest } from "../../src/run/schema.ts";
import { pythonForTests } from "../support/python-environment.ts";
import {
  isAlive,
  pipelineFolder,
  temporaryFolder,
  userStep,
  workerFile,
  workers,
} from "../support/python-workers.ts";

test("says hello with the facts of the interpreter", async () => {
  await using worker = await startWorker();
  expect(worker.hello).toMatchObject({ protocol: 1, pid: worker.pid });
  expect(worker.hello.python).toMatch(/^3\.\d+\.\d+/);
  expect(worker.hello.environment).toMatch(/^sha256:[0-9a-f]{64}$/);
  await using other = await startWorker();
  expect(other.hello.environment).toBe(worker.hello.environment);
});

test("runs steps with the same digests as the package by itself", async () => {
  await using folder = await pipelineFolder();
  await using worker = await startWorker();
  const manifests = new Map<string, unknown>();
  for (const step of ["load", "summarize"]) {
    const reply = await worker.call("step", folder.stepHeader(step));
    const manifest = StepManifest.parse((reply.result as { readonly manifest: unknown }).manifest);
    expect(
      JSON.parse(
        await readFile(join(folder.store, "runs", folder.run, step, "manifest.json"), "utf8"),
      ),
    ).toEqual(manifest);
    manifests.set(step, manifest);
  }
  const alone = await folder.runAlone();
  expect(alone).toEqual(Object.fromEntries(manifests));
});

test("a step that raises is told with its cell and only the user's lines", async () => {
  await using folder = await pipelineFolder();
  await using worker = await startWorker();
  await worker.call("step", folder.stepHeader("load"));
  const failure = await failureOf(
    worker.call("step", { ...folder.stepHeader("summarize"), params: { share: 0 } }),
  );
  expect(failure).toMatchObject({
    code: "step-failed",
    cell: 4,
    message: "step summarize: ZeroDivisionError: division by zero (summarize.py, line 21)",
  });
  expect(failure.traceback).toContain("summarize.py");
  expect(failure.traceback).not.toContain("_runtime.py");
  await worker.call("step", folder.stepHeader("summarize"));
});

test("what cannot run is refused with what to do first", async () => {
  await using folder = await pipelineFolder();
  await using worker = await startWorker();
  const early = await failureOf(worker.call("step", folder.stepHeader("summarize")));
  expect(early).toMatchObject({
    code: "step-refused",
    message: expect.stringContaining("run that step first") as string,
  });
  const elsewhere = await failureOf(
    worker.call("step", { ...folder.stepHeader("load"), package: folder.path }),
  );
  expect(elsewhere.code).toBe("package-missing");
});

test("code that changed is imported again, and the worker stays", async () => {
  await using folder = await pipelineFolder();
  await using worker = await startWorker();
  const first = await printed(worker, folder.stepHeader("load"));
  await folder.edit("load.py", (text) => text.replace('print("read"', 'print("now"'));
  const second = await printed(worker, folder.stepHeader("load"));
  expect([first, second]).toEqual(["read 6 rows\n", "now 6 rows\n"]);
});

test("two packages of one name do not meet in one worker", async () => {
  await using one = await pipelineFolder();
  await using other = await pipelineFolder();
  await other.edit("load.py", (text) => text.replace('print("read"', 'print("other"'));
  await using worker = await startWorker();
  const texts: string[] = [];
  for (const folder of [one, other, one])
    texts.push(await printed(worker, folder.stepHeader("load")));
  expect(texts).toEqual(["read 6 rows\n", "other 6 rows\n", "read 6 rows\n"]);
});

test("text of every origin arrives before the reply and never disturbs it", async () => {
  const step = userStep([
    "import ctypes, os, subprocess, sys",
    "print('python')",
    "print('Größe', file=sys.stderr)",
    "os.write(1, b'descriptor\\n')",
    "ctypes.CDLL(None).puts(b'from C')",
    "subprocess.run(['echo', 'child'])",
    "os.write(1, bytes(range(256)))",
    "sys.stdout.write('no newline')",
  ]);
  await using folder = await pipelineFolder({ "load.py": step });
  await using worker = await startWorker();
  const events: { readonly stream: string; readonly text: string }[] = [];
  await worker.call("step", folder.stepHeader("load"), {
    onEvent: (event) => events.push(event as (typeof events)[number]),
  });
  const stdout = events
    .filter((event) => event.stream === "stdout")
    .map((event) => event.text)
    .join("");
  for (const part of ["python\n", "descriptor\n", "from C\n", "child\n", "no newline"])
    expect(stdout).toContain(part);
  expect(
    events
      .filter((event) => event.stream === "stderr")
      .map((event) => event.text)
      .join(""),
  ).toBe("Größe\n");
});

test("a flood of text and closed streams do not stop a step", async () => {
  const step = userStep([
    "import os, sys",
    "for _ in range(2000): print('x' * 5000)",
    "os.close(2)",
    "sys.stdout = None",
  ]);
  await using folder = await pipelineFolder({ "load.py": step });
  await using worker = await startWorker();
  let length = 0;
  await worker.call("step", folder.stepHeader("load"), {
    onEvent: (event) => (length += (event as { readonly text: string }).text.length),
  });
  expect(length).toBe(2000 * 5001);
});

test("answers pings while a step computes", async () => {
  await using folder = await pipelineFolder({
    "load.py": userStep(["import time", "print('started', flush=True)", "time.sleep(1.5)"]),
  });
  await using worker = await startWorker();
  const order: string[] = [];
  const started = Promise.withResolvers<void>();
  const step = worker
    .call("step", folder.stepHeader("load"), {
      onEvent: () => {
        started.resolve();
      },
    })
    .then(() => order.push("step"));
  await started.promise;
  await worker.call("ping", {});
  order.push("ping");
  await step;
  expect(order).toEqual(["ping", "step"]);
});

test("an endless loop ends with its deadline, and so does what it started", async () => {
  const step = userStep([
    "import subprocess, sys, time",
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])",
    "print(child.pid, flush=True)",
    "while True:",
    "    try:",
    "        while True: time.sleep(0.01)",
    "    except KeyboardInterrupt: print('ignored')",
  ]);
  await using folder = await pipelineFolder({ "load.py": step });
  await using worker = await startWorker();
  let text = "";
  const failure = await failureOf(
    worker.call("step", folder.stepHeader("load"), {
      timeoutMs: 1500,
      onEvent: (event) => (text += (event as { readonly text: string }).text),
    }),
  );
  expect(failure).toEqual({
    code: "worker-timeout",
    message: "step did not finish within 1500 ms",
  });
  await worker.close();
  expect([worker.pid, Number.parseInt(text, 10)].map(isAlive)).toEqual([false, false]);
  expect((await failureOf(worker.call("ping", {}))).code).toBe("worker-timeout");
});

test("an aborted call is told as interrupted", async () => {
  await using folder = await pipelineFolder({
    "load.py": userStep(["import time", "time.sleep(600)"]),
  });
  await using worker = await startWorker();
  const abort = new AbortController();
  const call = failureOf(worker.call("step", folder.stepHeader("load"), { signal: abort.signal }));
  abort.abort();
  expect((await call).code).toBe("worker-interrupted");
  expect((await failureOf(worker.call("ping", {}, { signal: abort.signal }))).code).toBe(
    "worker-interrupted",
  );
});

test.each([
  ["is killed", "os.kill(os.getpid(), 9)", /ended by SIGKILL/],
  ["crashes", "ctypes.string_at(0)", /ended by SIGSEGV[^]*Segmentation fault/],
  [
    "exits by itself",
    // A thread of the worker hands the words on; a process that ends at once takes them with it.
    "print('last words', file=sys.stderr, flush=True); time.sleep(0.5); os._exit(7)",
    /exit code 7[^]*last words/,
  ],
])("a worker that %s fails its call with its last words", async (_, line, message) => {
  await using folder = await pipelineFolder({
    "load.py": userStep(["import ctypes, os, sys, time", line]),
  });
  await using worker = await startWorker();
  const failure = await failureOf(worker.call("step", folder.stepHeader("load")));
  expect(failure.code).toBe("worker-died");
  expect(failure.message).toMatch(message);
  expect((await failureOf(worker.call("ping", {}))).code).toBe("worker-died");
});

test("sys.exit in a step fails the step, not the worker", async () => {
  await using folder = await pipelineFolder({
    "load.py": userStep(["import sys", "sys.exit('enough')"]),
  });
  await using worker = await startWorker();
  expect(await failureOf(worker.call("step", folder.stepHeader("load")))).toMatchObject({
    code: "step-failed",
    cell: 2,
    message: expect.stringContaining("SystemExit: enough") as string,
  });
  await worker.call("ping", {});
});

test("secrets of the environment do not reach user code", async () => {
  const step = userStep(["import os", "print(sorted(os.environ))"]);
  await using folder = await pipelineFolder({ "load.py": step });
  const environment = { ...process.env, AWS_SECRET_ACCESS_KEY: "s3cr3t", PYTHONPATH: "/elsewhere" };
  const made = createPythonWorkers({ workerFile, environment });
  const worker = await made.start({
    python: await pythonForTests(),
    workingDirectory: tmpdir(),
    environment: { ADDED: "1" },
  });
  try {
    const names = await printed(worker, folder.stepHeader("load"));
    expect(names).toContain("'ADDED'");
    expect(names).toContain("'PYTHONHASHSEED'");
    expect(names).not.toMatch(/SECRET|PYTHONPATH/);
  } finally {
    await worker.close();
  }
});

test("an interpreter that is missing or too old is named", async () => {
  await using folder = await temporaryFolder();
  await expect(
    workers.start({ python: join(folder.path, "nowhere"), workingDirectory: folder.path }),
  ).rejects.toMatchObject({ code: "python-missing", exitCode: 3 });
  await expect(
    workers.start({ python: "/bin/cat", workingDirectory: folder.path }),
  ).rejects.toMatchObject({ code: "python-missing" });
  const old = join(folder.path, "python3");
  await writeFile(old, '#!/bin/sh\nif [ "$1" = -c ]; then printf 3.9.18; else exit 1; fi\n', {
    mode: 0o755,
  });
  const error: unknown = await workers
    .start({ python: old, workingDirectory: folder.path })
    .catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(EnvironmentError);
  expect(error).toMatchObject({
    code: "python-too-old",
    message: expect.stringContaining("is Python 3.9.18") as string,
  });
});

test("something that is no worker is ended and told as such", async () => {
  await using folder = await temporaryFolder();
  const impostor = join(folder.path, "worker.py");
  await writeFile(impostor, "import os, time\nos.write(4, b'\\xff' * 100)\ntime.sleep(600)\n");
  const failure = await failureOf(
    createPythonWorkers({ workerFile: impostor }).start({
      python: await pythonForTests(),
      workingDirectory: folder.path,
    }),
  );
  expect(failure.code).toBe("worker-protocol");
});

test("closing twice is one closing, and nothing is left", async () => {
  const worker = await startWorker();
  await Promise.all([worker.close(), worker.close()]);
  await worker.close();
  expect(isAlive(worker.pid)).toBe(false);
  expect((await failureOf(worker.call("ping", {}))).code).toBe("worker-died");
});

test("a worker ends when the process that started it is killed", async () => {
  await using folder = await temporaryFolder();
  const script = join(folder.path, "parent.mts");
  const adapter = fileURLToPath(new URL("../../src/adapters/python-worker.ts", import.meta.url));
  await writeFile(
    script,
    `import { createPythonWorkers } from ${JSON.stringify(adapter)};
const worker = await createPythonWorkers({ workerFile: ${JSON.stringify(workerFile)} }).start({ python: ${JSON.stringify(await pythonForTests())}, workingDirectory: ${JSON.stringify(folder.path)} });
process.stdout.write(String(worker.pid) + "\\n");
setInterval(() => undefined, 1000);
`,
  );
  const pid = await folder.startAndKill(script);
  await expect.poll(() => isAlive(pid), { timeout: 5000 }).toBe(false);
});

test("big payloads travel both ways", async () => {
  await using folder = await temporaryFolder();
  const model = join(folder.path, "model");
  await mkdir(join(model, "code", "echo"), { recursive: true });
  const code = "def load(folder):\n    return lambda frame: frame['x'].tolist()\n";
  await writeFile(join(model, "code", "echo", "predict.py"), code);
  await using worker = await startWorker();
  const { sha256 } = await import("../../src/base/hash.ts");
  const digests = { "code/echo/predict.py": sha256(code) };
  await worker.call("load", { model, digests, names: { known: [], recorded: null } });
  const rows = 200_000;
  const values = Float64Array.from({ length: rows }, (_, row) => row / 2);
  const reply = await worker.call(
    "predict",
    { rows, columns: [{ name: "x", type: "float64" }] },
    { payloads: [new Uint8Array(values.buffer), new Uint8Array(Math.ceil(rows / 8))] },
  );
  const { answers } = reply.result as { readonly answers: readonly { readonly label: number }[] };
  expect(answers).toHaveLength(rows);
  expect(answers[199_999]).toEqual({ label: 99_999.5 });
});

async function startWorker(): Promise<Worker & AsyncDisposable> {
  const worker = await workers.start({
    python: await pythonForTests(),
    workingDirectory: tmpdir(),
  });
  return { ...worker, [Symbol.asyncDispose]: worker.close };
}

async function failureOf(call: Promise<unknown>): Promise<WorkerFailure> {
  const error = await call.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (!(error instanceof WorkerError))
    throw new Error(`expected a WorkerError, got ${String(error)}`);
  return error.failure;
}

async function printed(worker: Worker, header: Readonly<Record<string, unknown>>): Promise<string> {
  let text = "";
  await worker.call("step", header, {
    onEvent: (event) => (text += (event as { readonly text: string }).text),
  });
  return text;
}
