/**
 * Signatures with SSH keys, made and verified by ssh-keygen (OpenSSH 8.2 or newer). Who a key belongs to is what the signers file
 * of the repository says, and only what it says of one person: a pattern of principals tells nobody apart.
 */
import { EnvironmentError, InputError } from "../base/errors.ts";
import { err, ok, type Result } from "../base/result.ts";
import type { Files } from "../ports/files.ts";
import type { ProcessEnd, Processes } from "../ports/processes.ts";

const VERIFY_TIMEOUT_MS = 20_000;
/** Somebody may have to find and type a passphrase, or touch a key. */
const SIGN_TIMEOUT_MS = 300_000;

export interface SshPorts {
  readonly files: Files;
  readonly processes: Processes;
}

/** How ssh-keygen is started. */
export interface SshSurroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/** What is to be signed, and with which key. */
export interface SignRequest extends SshSurroundings {
  readonly text: string;
  readonly namespace: string;
  /** A file with a private or public key, or the public key itself. */
  readonly key: string;
  /** Whether somebody can be asked for a passphrase. */
  readonly isInteractive: boolean;
}

/** A signature and what it should be one of. */
export interface VerifyRequest extends SshSurroundings {
  readonly text: string;
  readonly namespace: string;
  readonly signature: string;
  /** Below the project root. */
  readonly signersFile: string;
}

/** Whose signature it is. */
export interface Signer {
  readonly principal: string;
  /** `SHA256:…` */
  readonly key: string;
}

/**
 * The armored signature over a text.
 *
 * @throws EnvironmentError `ssh-keygen-missing`; InputError `signing-failed` when the key cannot be used.
 */
export async function signText(request: SignRequest, ports: SshPorts): Promise<string> {
  const { files } = ports;
  const folder = await files.temporaryDirectory(files.absolute("."), ".mlops-sign-");
  try {
    const keyIsText = /^(?:key::|(?:ssh|ecdsa|sk)-)/.test(request.key);
    const key = keyIsText ? `${folder}/key.pub` : files.absolute(request.key);
    if (keyIsText) await files.writeAtomic(key, `${request.key.replace(/^key::/, "")}\n`);
    // On stdin a missing passphrase would be read from the text itself.
    await files.writeAtomic(`${folder}/text`, request.text);
    const end = await signFile({ ...request, key, keyIsText, file: `${folder}/text` }, ports);
    const signature = await files.readText(`${folder}/text.sig`);
    if (end.kind === "exited" && end.exit === 0 && signature !== undefined) return signature;
    throw signingFailed(request, end);
  } finally {
    await files.remove(folder);
  }
}

/**
 * Whose signature over a text that is, now and by the signers file. The error ends a sentence that begins with "the signature".
 *
 * @throws EnvironmentError `ssh-keygen-missing`.
 */
export async function verifySignature(
  request: VerifyRequest,
  ports: SshPorts,
): Promise<Result<Signer, string>> {
  const { files } = ports;
  const signers = files.absolute(request.signersFile);
  if ((await files.kind(request.signersFile)) !== "file")
    return err(`cannot be verified, because there is no ${request.signersFile}`);
  const folder = await files.temporaryDirectory(files.absolute("."), ".mlops-verify-");
  try {
    const file = `${folder}/signature`;
    await files.writeAtomic(file, request.signature);
    const found = await run(["-Y", "find-principals", "-s", file, "-f", signers], request, ports);
    const principals = linesOf(found);
    if (principals.length === 0)
      return err(
        isOutOfTime(found)
          ? OUT_OF_TIME
          : `is of a key that ${request.signersFile} does not list (or no longer)`,
      );
    const [principal, ...others] = principals;
    if (principal === undefined || others.length > 0 || /[*?!]/.test(principal))
      return err(
        `is of a key that ${request.signersFile} gives to more than one name (${principals.join(", ")})`,
      );
    const { namespace, text } = request;
    const verified = await run(
      ["-Y", "verify", "-n", namespace, "-I", principal, "-s", file, "-f", signers],
      request,
      ports,
      text,
    );
    const key = /\bkey (SHA256:\S+)/.exec(linesOf(verified)[0] ?? "")?.[1];
    return key === undefined ? err(reasonOf(verified)) : ok({ principal, key });
  } finally {
    await files.remove(folder);
  }
}

/** Lines of a program that succeeded; none of one that did not. */
function linesOf(end: ProcessEnd): readonly string[] {
  if (end.kind !== "exited" || end.exit !== 0) return [];
  return end.stdout.split(/\r?\n/).filter((line) => line !== "");
}

function reasonOf(end: ProcessEnd): string {
  if (end.kind !== "exited") return "could not be verified: ssh-keygen did not come to an end";
  if (/not permitted for use in signature namespace|namespace does not match/.test(end.stderr))
    return "is made, or its key is listed, for another purpose";
  return isOutOfTime(end) ? OUT_OF_TIME : "is not one of this text";
}

const OUT_OF_TIME = "is of a key that is not valid now";

function isOutOfTime(end: ProcessEnd): boolean {
  return end.kind === "exited" && /expired|not yet valid/.test(end.stderr);
}

async function signFile(
  request: SignRequest & { readonly keyIsText: boolean; readonly file: string },
  ports: SshPorts,
): Promise<ProcessEnd> {
  const { namespace, key, file } = request;
  const sign = ["-Y", "sign", "-n", namespace, "-f", key];
  if (request.keyIsText) return run([...sign, "-U", file], request, ports);
  if (request.isInteractive) return run([...sign, file], request, ports, "", SIGN_TIMEOUT_MS);
  // Nobody is there to answer: a key with a passphrase is left to the agent, and is none without.
  const asOpen = ["-y", "-P", "", "-f", key.replace(/\.pub$/, "")];
  const isOpen = linesOf(await run(asOpen, request, ports)).length > 0;
  return run(isOpen ? [...sign, file] : [...sign, "-U", file], request, ports);
}

async function run(
  parameters: readonly string[],
  { environment, signal }: SshSurroundings,
  { files, processes }: SshPorts,
  ...[input = "", timeoutMs = VERIFY_TIMEOUT_MS]: readonly [string?, number?]
): Promise<ProcessEnd> {
  const end = await processes.run({
    command: ["ssh-keygen", ...parameters],
    directory: files.absolute("."),
    environment: { ...ofSsh(environment), LC_ALL: "C" },
    timeoutMs,
    signal,
    input,
  });
  if (end.kind !== "not-started") return end;
  throw new EnvironmentError("There is no ssh-keygen, which makes and verifies signatures.", {
    code: "ssh-keygen-missing",
    hint: "install OpenSSH 8.2 or newer (apt install openssh-client)",
  });
}

/** What ssh-keygen and an agent need of the surroundings; tokens of this process are none of it. */
function ofSsh(
  environment: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string | undefined>> {
  const needed =
    /^(?:PATH|PATHEXT|SYSTEMROOT|HOME|USERPROFILE|DISPLAY|WAYLAND_DISPLAY|SSH_.*|TMPDIR|TEMP|TMP)$/i;
  return Object.fromEntries(Object.entries(environment).filter(([name]) => needed.test(name)));
}

function signingFailed({ key, isInteractive }: SignRequest, end: ProcessEnd): InputError {
  const said = end.kind === "exited" ? end.stderr : "";
  const name = /^(?:key::|(?:ssh|ecdsa|sk)-)/.test(key) ? "the key that git signs with" : key;
  if (/incorrect passphrase|agent/i.test(said) && !isInteractive)
    return new InputError(
      `Nothing was signed: ${name} has a passphrase or is not here, and no agent has it.`,
      { code: "signing-failed", hint: `ssh-add ${name.replace(/\.pub$/, "")}` },
    );
  const last = said.trim().split("\n").at(-1) ?? "";
  const why = last === "" ? "ssh-keygen did not say why" : last;
  return new InputError(`Nothing was signed with ${name}: ${why}.`, {
    code: "signing-failed",
    hint: "mlops models approve --sign-with ~/.ssh/id_ed25519",
  });
}
