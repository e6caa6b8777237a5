/** Real SSH keys, made once for each file of tests, and repositories whose commits they sign. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import type { TempProject } from "./temp-project.ts";

/** A key in a project, outside of what git sees. */
export interface SshKey {
  /** Path of the private key. */
  readonly path: string;
  /** Kind and key, as a line of an allowed_signers file ends. */
  readonly publicText: string;
  /** `SHA256:…` */
  readonly fingerprint: string;
}

export function makeSshKey(project: TempProject, name: string, passphrase = ""): SshKey {
  const path = project.path(name);
  run("ssh-keygen", ["-q", "-t", "ed25519", "-N", passphrase, "-C", "", "-f", path], project.root);
  const publicText = readFileSync(`${path}.pub`, "utf8").trim();
  const listed = run("ssh-keygen", ["-l", "-f", `${path}.pub`], project.root);
  const fingerprint = /SHA256:\S+/.exec(listed)?.[0] ?? "";
  return { path, publicText, fingerprint };
}

/** What `ssh-keygen -Y sign` gives for a text. */
export function signatureOf(text: string, key: SshKey, namespace: string): string {
  return run("ssh-keygen", ["-q", "-Y", "sign", "-n", namespace, "-f", key.path], "/", text);
}

/** A folder that is a repository, where nothing of the person who runs the tests counts. */
export function startRepository(project: TempProject): (...words: readonly string[]) => string {
  const git = (...words: readonly string[]): string => run("git", words, project.root).trim();
  git("init", "--quiet", "--initial-branch=main");
  for (const [name, value] of Object.entries({
    "user.name": "Ada",
    "user.email": "ada@example.org",
    "commit.gpgsign": "false",
    "gpg.format": "ssh",
  }))
    git("config", name, value);
  return git;
}

function run(program: string, words: readonly string[], directory: string, input = ""): string {
  const stdio: ["pipe", "pipe", "pipe"] = ["pipe", "pipe", "pipe"];
  return execFileSync(program, words, { cwd: directory, encoding: "utf8", input, stdio });
}
