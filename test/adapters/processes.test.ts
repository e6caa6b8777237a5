import { expect, test } from "vitest";
import { createProcesses } from "../../src/adapters/processes.ts";
import type { ProcessEnd, ProcessRequest } from "../../src/ports/processes.ts";

async function runNode(code: string, request: Partial<ProcessRequest> = {}): Promise<ProcessEnd> {
  return createProcesses().run({
    command: [process.execPath, "-e", code],
    directory: process.cwd(),
    environment: {},
    timeoutMs: 10_000,
    ...request,
  });
}

test("keeps output and exit code apart", async () => {
  const end = await runNode("console.log('out'); console.error('err'); process.exit(3)");
  expect(end).toEqual({ kind: "exited", exit: 3, stdout: "out\n", stderr: "err\n" });
});

test("passes on the environment it is given and nothing else", async () => {
  const end = await runNode("console.log(Object.keys(process.env).join())", {
    environment: { ONLY: "this", NOT: undefined },
  });
  expect(end).toMatchObject({ stdout: "ONLY\n" });
});

test("arguments reach the child as they are, without a shell", async () => {
  const end = await runNode("console.log(process.argv[1])", {
    command: [process.execPath, "-e", "console.log(process.argv[1])", "$HOME; `ls` *"],
  });
  expect(end).toMatchObject({ stdout: "$HOME; `ls` *\n" });
});

test("gives input, and an empty one otherwise", async () => {
  const echo = "process.stdin.pipe(process.stdout)";
  expect(await runNode(echo, { input: "hello" })).toMatchObject({ stdout: "hello" });
  expect(await runNode(echo)).toMatchObject({ stdout: "" });
});

test("says that a program does not exist", async () => {
  const end = await runNode("", { command: ["no-such-program-here"] });
  expect(end.kind).toBe("not-started");
});

test("says that a child took too long", async () => {
  const end = await runNode("setInterval(() => {}, 1000)", { timeoutMs: 300 });
  expect(end.kind).toBe("timed-out");
});

test("waits for no grandchild that keeps the pipes of a child that took too long", async () => {
  const grandchild = "setTimeout(() => {}, 60_000)";
  const code = `require("child_process").spawn(process.execPath, ["-e", ${JSON.stringify(grandchild)}], { stdio: "inherit" }); setInterval(() => {}, 1000)`;
  const end = await runNode(`console.log("early"); ${code}`, { timeoutMs: 1000 });
  expect(end).toMatchObject({ kind: "timed-out", stdout: "early\n" });
});

test("says which signal ended a child", async () => {
  const end = await runNode("process.kill(process.pid, 'SIGKILL')");
  expect(end).toMatchObject({ kind: "killed", signal: "SIGKILL" });
});

test("stops the child when it is aborted, and starts none afterwards", async () => {
  const controller = new AbortController();
  const running = runNode("console.log('x'); setInterval(() => {}, 1000)", {
    signal: controller.signal,
  });
  controller.abort();
  await expect(running).rejects.toThrow(expect.objectContaining({ exitCode: 130 }));
});

test("announces every start, so that it can be shown", async () => {
  const seen: unknown[] = [];
  const processes = createProcesses((command, directory) => seen.push([command, directory]));
  await processes.run({
    command: [process.execPath, "--version"],
    directory: process.cwd(),
    environment: {},
    timeoutMs: 10_000,
  });
  expect(seen).toEqual([[[process.execPath, "--version"], process.cwd()]]);
});
