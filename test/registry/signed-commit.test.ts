import { expect, test } from "vitest";
import { parseCommit } from "../../src/registry/signed-commit.ts";

const head = `tree ${"1".repeat(40)}\nparent ${"2".repeat(40)}\nparent ${"3".repeat(40)}\nauthor Ada <ada@example.org> 1767348000 +0000\ncommitter Ada <ada@example.org> 1767348000 +0000\n`;
const ssh = "gpgsig -----BEGIN SSH SIGNATURE-----\n U1NIU0lH\n -----END SSH SIGNATURE-----\n";
const pgp = "gpgsig -----BEGIN PGP SIGNATURE-----\n \n wsBz\n -----END PGP SIGNATURE-----\n";
const parents = ["2".repeat(40), "3".repeat(40)];

test.each([
  { what: "no signature", text: `${head}\nApprove churn@v3\n`, signature: { kind: "none" } },
  { what: "an OpenPGP one", text: `${head}${pgp}\nApprove\n`, signature: { kind: "other" } },
  { what: "two at once", text: `${head}${ssh}${ssh}\nApprove\n`, signature: { kind: "other" } },
  {
    what: "one that only the message quotes",
    text: `${head}\nApprove\n\n${ssh}parent ${"4".repeat(40)}\n`,
    signature: { kind: "none" },
  },
  {
    what: "an SSH one, and no blank at the end lost",
    text: `${head}${ssh}encoding UTF-8\n\nApprove \n\n`,
    signature: {
      kind: "ssh",
      armored: "-----BEGIN SSH SIGNATURE-----\nU1NIU0lH\n-----END SSH SIGNATURE-----\n",
      payload: `${head}encoding UTF-8\n\nApprove \n\n`,
    },
  },
])("finds $what in a commit", ({ text, signature }) => {
  expect(parseCommit(text)).toEqual({ parents, signature });
});
