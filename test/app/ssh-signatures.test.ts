import { afterAll, beforeAll, expect, test } from "vitest";
import { createFiles } from "../../src/adapters/node-files.ts";
import { createProcesses } from "../../src/adapters/processes.ts";
import { type SignRequest, signText, verifySignature } from "../../src/app/ssh-signatures.ts";
import { fakeProcesses } from "../support/fake-processes.ts";
import { memoryFiles } from "../support/memory-files.ts";
import { makeSshKey, type SshKey, signatureOf } from "../support/ssh-keys.ts";
import { type TempProject, tempProject } from "../support/temp-project.ts";

const environment = { PATH: process.env["PATH"], HOME: "/nowhere" };
const { signal } = new AbortController();
const namespace = "mlops-approval";
const text = '{"decision":"approve","model":"churn"}';

let project: TempProject;
let ada: SshKey;
let eve: SshKey;
let locked: SshKey;

beforeAll(async () => {
  project = await tempProject();
  ada = makeSshKey(project, "ada");
  eve = makeSshKey(project, "eve");
  locked = makeSshKey(project, "locked", "a passphrase");
});
afterAll(async () => project[Symbol.asyncDispose]());

function ports() {
  return { files: createFiles(project.root), processes: createProcesses() };
}

async function sign(changes: Partial<SignRequest>): Promise<string> {
  const key = ada.path;
  const surroundings = { environment, signal, isInteractive: false };
  return signText({ text, namespace, key, ...surroundings, ...changes }, ports());
}

interface Case {
  readonly name: string;
  /** Lines of the signers file; ADA and EVE stand for their keys. */
  readonly signers: readonly string[];
  readonly signed?: () => string;
  readonly expected: unknown;
}

async function check({ signers, signed }: Omit<Case, "expected">): Promise<unknown> {
  const lines = signers.map((line) =>
    line.replace("ADA", ada.publicText).replace("EVE", eve.publicText),
  );
  await project.write("signers", `# Who may sign\n\n${lines.join("\n")}\n`);
  const signature = signed?.() ?? signatureOf(text, ada, namespace);
  const verified = await verifySignature(
    { text, namespace, signature, signersFile: "signers", environment, signal },
    ports(),
  );
  return verified.ok ? verified.value.principal : verified.error;
}

test.each<Case>([
  {
    name: "names the person whose key it is",
    signers: ["eve@example.org EVE", "ada@example.org ADA"],
    expected: "ada@example.org",
  },
  {
    name: "takes a key that is listed for this purpose",
    signers: ['ada@example.org namespaces="git,mlops-approval" ADA'],
    expected: "ada@example.org",
  },
  {
    name: "takes a key within its time",
    signers: ['ada@example.org valid-after="20200101",valid-before="20990101" ADA'],
    expected: "ada@example.org",
  },
  {
    name: "takes no key that is listed for another purpose",
    signers: ['ada@example.org namespaces="git" ADA'],
    expected: "is made, or its key is listed, for another purpose",
  },
  {
    name: "takes no key whose time is over",
    signers: ['ada@example.org valid-before="20200101" ADA'],
    expected: "is of a key that is not valid now",
  },
  {
    name: "takes no key whose time has not come",
    signers: ['ada@example.org valid-after="20990101" ADA'],
    expected: "is of a key that is not valid now",
  },
  {
    name: "takes no stranger's key",
    signers: ["eve@example.org EVE"],
    expected: "is of a key that signers does not list (or no longer)",
  },
  {
    name: "takes no key that is anybody's of a company",
    signers: ["*@example.org ADA"],
    expected: "is of a key that signers gives to more than one name (*@example.org)",
  },
  {
    name: "takes no key of two people",
    signers: ["ada@example.org,eve@example.org ADA"],
    expected:
      "is of a key that signers gives to more than one name (ada@example.org, eve@example.org)",
  },
  {
    name: "takes no signature over another text",
    signers: ["ada@example.org ADA"],
    signed: () => signatureOf(text.replace("churn", "price"), ada, namespace),
    expected: "is not one of this text",
  },
  {
    name: "takes no signature for another purpose",
    signers: ["ada@example.org ADA"],
    signed: () => signatureOf(text, ada, "git"),
    expected: "is made, or its key is listed, for another purpose",
  },
  {
    name: "takes nothing that is no signature",
    signers: ["ada@example.org ADA"],
    signed: () => "-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----\n",
    expected: "is of a key that signers does not list (or no longer)",
  },
])("$name", async ({ expected, ...given }) => {
  expect(await check(given)).toBe(expected);
  expect((await project.list()).filter((path) => path.includes(".mlops-"))).toEqual([]);
});

test("says which file with keys there is not", async () => {
  const verified = await verifySignature(
    { text, namespace, signature: "", signersFile: "gone", environment, signal },
    ports(),
  );
  expect(verified).toEqual({ ok: false, error: "cannot be verified, because there is no gone" });
});

test("signs what can be verified, and leaves nothing behind", async () => {
  const signed = await sign({});
  expect(await check({ name: "", signers: ["ada@example.org ADA"], signed: () => signed })).toBe(
    "ada@example.org",
  );
  const byPublicKey = await sign({ key: `${ada.path}.pub` });
  expect(
    await check({ name: "", signers: ["ada@example.org ADA"], signed: () => byPublicKey }),
  ).toBe("ada@example.org");
  expect((await project.list()).filter((path) => path.includes(".mlops-"))).toEqual([]);
});

test.each([
  {
    name: "with a passphrase, and nobody to type it",
    key: () => locked.path,
    says: "has a passphrase or is not here, and no agent has it",
  },
  {
    name: "that only an agent could have",
    key: () => eve.publicText,
    says: "the key that git signs with has a passphrase or is not here, and no agent has it",
  },
  { name: "that is not there", key: () => project.path("gone"), says: "gone" },
])("fails at once with a key $name", async ({ key, says }) => {
  const failure = await sign({ key: key() }).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: "signing-failed", exitCode: 2 });
  expect(String(failure)).toContain(says);
  expect((await project.list()).filter((path) => path.includes(".mlops-"))).toEqual([]);
});

test("says that ssh-keygen is missing, and what to install", async () => {
  const files = memoryFiles({ signers: "ada@example.org ssh-ed25519 AAAA" });
  const lacking = { files, processes: fakeProcesses({}) };
  const error = {
    code: "ssh-keygen-missing",
    hint: expect.stringContaining("openssh-client") as unknown,
  };
  const request = { text, namespace, environment, signal };
  await expect(
    signText({ ...request, key: "ada", isInteractive: true }, lacking),
  ).rejects.toMatchObject(error);
  await expect(
    verifySignature({ ...request, signature: "x", signersFile: "signers" }, lacking),
  ).rejects.toMatchObject(error);
});

test("gives ssh-keygen nothing secret of the surroundings", async () => {
  const seen: Readonly<Record<string, string | undefined>>[] = [];
  const processes = fakeProcesses({
    "ssh-keygen": (request) => {
      seen.push(request.environment);
      return { exit: 255 };
    },
  });
  const secrets = {
    ...environment,
    SSH_AUTH_SOCK: "/agent",
    MLOPS_SERVICE_TOKEN: "secret",
    GITHUB_TOKEN: "secret",
  };
  const request = { text, namespace, key: "ada", isInteractive: true, signal };
  await signText({ ...request, environment: secrets }, { files: memoryFiles(), processes }).catch(
    () => undefined,
  );
  expect(seen).toEqual([{ ...environment, SSH_AUTH_SOCK: "/agent", LC_ALL: "C" }]);
});
