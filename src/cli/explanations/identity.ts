/** Codes of who acts and what that rests on. */
import type { Explanation } from "./explanation.ts";

export const identityExplanations: Readonly<Record<string, Explanation>> = {
  "machine-not-allowed": {
    what: "A machine wants to approve, and the settings do not let it.",
    why: "A machine does what it was told by whoever has its token. It may ask for anything; saying yes is for a person unless the project decides otherwise.",
    example: "MLOPS_SERVICE_TOKEN=… mlops models approve 12, for production",
    fix: "Let a person approve. Or name the environment in approval.unattended and the machine in approval.approvers, as in: approval: { unattended: [staging], approvers: [retrain-bot, ada@example.org] }.",
  },
  "four-eyes-machine": {
    what: "A machine has asked, one person wants to approve, and approval.four-eyes asks for two persons.",
    why: "Whoever has the machine's token could ask as the machine and approve under their own name.",
    example: "a request of retrain-bot for production, approved by one person",
    fix: "Let a person take the request over (mlops models withdraw 12, then mlops models request) and another approve it. Or let a machine count as one of the two in that environment: approval: { unattended: [production] }.",
  },
  "persons-not-distinct": {
    what: "Who asked and who wants to approve are known in ways that cannot be compared: an email and an account of a CI system.",
    why: "They may be one person, and then four eyes are two.",
    example: "a request signed as ada@example.org, approved in a job that github.com/ada-l started",
    fix: "Say who is who in .mlopsrc.yaml: approval: { people: { ada@example.org: [github.com/ada-l], grace@example.org: [github.com/grace] } }.",
  },
  "identity-unproven": {
    what: "mlops.lock.yaml says who asked or approved, and nothing that can be checked here shows it.",
    why: "A name and a grade in a file can be written by anybody. A signature over the approval, or of the commit that wrote it, can not.",
    example: "an approval by a name alone, in a commit that is not signed",
    fix: "Sign approvals (mlops explain signers-missing), or commit mlops.lock.yaml signed with an SSH key of that file: git config gpg.format ssh; git commit -S. What a CI job or a machine approved counts when whoever commits it signs. In CI fetch the whole history (fetch-depth: 0, GIT_DEPTH: 0).",
  },
  "signature-broken": {
    what: "mlops.lock.yaml holds a signature that is not one over what stands beside it, or not of that person.",
    why: "What was approved was changed after it was signed, or the person's key is no longer in the signers file.",
    example:
      "the version, the reason or the requester of a signed approval, changed with an editor",
    fix: "Bring the file back from git, or have the version requested and approved again.",
  },
  "service-token-unknown": {
    what: "MLOPS_SERVICE_TOKEN is set, and it is not the token of exactly one machine that approval.machines names.",
    why: "Going on under another name would hide that the machine is not who it says. Settings of another branch do not count: only those of this checkout do.",
    example: "MLOPS_SERVICE_TOKEN=… mlops models request churn@v3 --env staging",
    fix: "Make a token and its digest: token=$(openssl rand -hex 32); printf %s \"$token\" | sha256sum. Give the token to the machine as a secret, and write approval: { machines: { retrain-bot: 'sha256:<the 64 digits>' } } into .mlopsrc.yaml. The token itself is never written down.",
  },
  "service-token-weak": {
    what: "MLOPS_SERVICE_TOKEN is shorter than 32 characters, or made of few different ones.",
    why: "Its digest is in git for everybody to see: whoever guesses a short token from it is that machine.",
    example: "MLOPS_SERVICE_TOKEN=hunter2 mlops models register churn",
    fix: "Make a random one, 64 characters long: openssl rand -hex 32. Then write its digest into approval.machines (mlops explain service-token-unknown).",
  },
  "id-token-invalid": {
    what: "The ID token of this CI job was checked and does not count; the message says why.",
    why: "The token says who acts. One that is expired, made for somebody else or signed by somebody else says nothing, and falling back on git's author would hide that.",
    example: "id_tokens: { MLOPS_ID_TOKEN: { aud: other } }      (in .gitlab-ci.yml)",
    fix: "GitLab: id_tokens: { MLOPS_ID_TOKEN: { aud: mlops } } in the job that runs mlops. GitHub: permissions: { id-token: write }, and nothing else to do. Elsewhere: put a fresh token for the audience mlops into MLOPS_ID_TOKEN.",
  },
  "id-token-issuer-unknown": {
    what: "The ID token is signed by somebody whom approval.issuers does not name.",
    why: "Anybody can make tokens. Which issuers are believed is the project's decision, and nobody else is even asked for keys.",
    example: "a job of gitlab.example.org, with the default settings",
    fix: "Add the issuer as the token writes it to approval.issuers in .mlopsrc.yaml: https://gitlab.example.org.",
  },
  "id-token-issuer-unreachable": {
    what: "The CI system gave no token, or the issuer's keys could not be fetched over https.",
    why: "A token that could not be checked does not say who acts. Redirects are not followed: they lead to somebody whom nobody named.",
    example: "a runner without a way out to token.actions.githubusercontent.com",
    fix: "Run the job again, or let the runner reach the host in the message. Behind a proxy set NODE_USE_ENV_PROXY=1 beside HTTPS_PROXY.",
  },
  "id-token-repository-unknown": {
    what: "The ID token is good, but it comes from a job of another repository.",
    why: "A CI system signs tokens for the jobs of all its users. Whoever starts a stranger's job leaves a token with their name there.",
    example: "a job of github.com/eve/churn in a checkout of github.com/acme/churn",
    fix: "Name the repositories whose jobs may act here: approval: { repositories: [github.com/acme/churn] }. Without that it is the one that git's origin names.",
  },
  "ssh-keygen-missing": {
    what: "There is no ssh-keygen on this machine.",
    why: "It makes and verifies the signatures of those who approve. A signature that nobody verified counts for nothing.",
    example: "mlops deploy churn --level 2      (in an image without OpenSSH)",
    fix: "Install OpenSSH 8.2 or newer: apt install openssh-client, apk add openssh-keygen, dnf install openssh.",
  },
  "signers-missing": {
    what: "There is no file that says whose key is whose.",
    why: "A signature proves that somebody has a key. Who that is the repository must say, in a file that is reviewed.",
    example: "mlops models approve 7 --sign-with ~/.ssh/id_ed25519",
    fix: 'Write a line for each person, an email and a public key, as in: ada@example.org ssh-ed25519 AAAA…; name the file in .mlopsrc.yaml (approval: { signers: .mlops-signers }), commit it, and protect it by review (CODEOWNERS). namespaces="mlops-approval" and valid-before="20271231" before the key are understood, a key under several names or a pattern is not.',
  },
  "signing-key-missing": {
    what: "There is no SSH key to sign with.",
    why: "An approval without a signature is only what git's settings say, and those anybody can write.",
    example: "mlops models approve 7",
    fix: "Name a key: --sign-with ~/.ssh/id_ed25519. Or have git know it: git config --global gpg.format ssh; git config --global user.signingkey ~/.ssh/id_ed25519.pub.",
  },
  "signing-failed": {
    what: "ssh-keygen could not sign with that key.",
    why: "Without the signature nothing was decided.",
    example:
      "mlops models approve 7 --sign-with ~/.ssh/id_ed25519      (in CI, with a key that has a passphrase)",
    fix: "On a terminal the passphrase is asked for; elsewhere an agent must have the key: ssh-add ~/.ssh/id_ed25519. The key file must be readable by you alone (chmod 600).",
  },
  "signature-not-accepted": {
    what: "The signature was made, but the signers file of this repository does not say whose it is.",
    why: "It would count nowhere, so it was not kept and nothing was decided.",
    example: "a new laptop whose key nobody has added yet",
    fix: "Add your email and public key to the file that approval.signers names, one line for each key, and have the change reviewed. A key that expired, is listed for another purpose, or under several names does not count.",
  },
};
