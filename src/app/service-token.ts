/** The token of a machine against the digests in the settings of this checkout. */
import { timingSafeEqual } from "node:crypto";
import { InputError } from "../base/errors.ts";
import { sha256 } from "../base/hash.ts";
import type { Proof } from "../registry/proof-schema.ts";

/** As random as 128 bits written in hexadecimal digits. */
const LEAST_CHARACTERS = 32;
/** Random texts of that length have more; a word or a date repeated has not. */
const LEAST_DIFFERENT = 10;

/**
 * Whose token it is.
 *
 * @param machines Names with the digests of their tokens.
 * @throws InputError `service-token-weak`, `service-token-unknown`.
 */
export function checkServiceToken(
  token: string,
  machines: Readonly<Record<string, string>>,
): Proof {
  if (token.length < LEAST_CHARACTERS || new Set(token).size < LEAST_DIFFERENT)
    throw new InputError(
      `MLOPS_SERVICE_TOKEN is no random text of ${String(LEAST_CHARACTERS)} characters or more, so anybody could find it.`,
      { code: "service-token-weak", hint: "mlops explain service-token-weak" },
    );
  const digest = sha256(token);
  // Every digest is compared in full: how long it takes says nothing of where one differs.
  const names = Object.keys(machines).filter((name) => isEqual(machines[name] ?? "", digest));
  const [machine, another] = names;
  if (machine === undefined)
    throw new InputError(
      "MLOPS_SERVICE_TOKEN is not the token of any machine that approval.machines names.",
      {
        code: "service-token-unknown",
        hint: "mlops explain service-token-unknown",
      },
    );
  if (another !== undefined)
    throw new InputError(
      `MLOPS_SERVICE_TOKEN is the token of both ${machine} and ${another}, so it does not say who acts.`,
      { code: "service-token-unknown", hint: "give each machine a token of its own" },
    );
  return { kind: "service-token", machine, digest };
}

function isEqual(left: string, right: string): boolean {
  const [one, other] = [Buffer.from(left), Buffer.from(right)];
  return one.length === other.length && timingSafeEqual(one, other);
}
