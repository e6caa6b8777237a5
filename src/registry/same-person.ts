/**
 * Whether two deeds are one person's, which four eyes rest on. There are three answers: an account at a CI system and an
 * email may or may not be the same person, and then nobody may say that they are two.
 */
import { accountHostOf, type Identity } from "./identity.ts";

/** `unknown` must be taken for `same` wherever two persons are asked for. */
export type Sameness = "same" | "different" | "unknown";

/** One thing that tells persons of the same kind apart: an email, an account at one host, a key, a machine's name. */
interface Handle {
  readonly kind: string;
  readonly value: string;
}

/**
 * Compares who acted twice.
 *
 * @param people What else each person is known as, from the settings: `ada@example.org: [github.com/ada-l]`.
 */
export function comparePersons(
  left: Identity,
  right: Identity,
  people: Readonly<Record<string, readonly string[]>>,
): Sameness {
  const [one, other] = [handlesOf(left), handlesOf(right)];
  if (shares(one, other)) return "same";
  const isMachine = left.grade === "machine";
  // A person may well run the machine that asks on their behalf, but the deeds are not one person's.
  if (isMachine !== (right.grade === "machine")) return "different";
  const [wide, wider] = [withAliases(one, people), withAliases(other, people)];
  if (shares(wide, wider)) return "same";
  const isKnownApart = wide.some(({ kind }) =>
    wider.some((handle) => kind !== "key" && handle.kind === kind),
  );
  return isKnownApart ? "different" : "unknown";
}

/** Whether an entry of a list in the settings (`Name <email>`, an email, `github.com/ada-l`, a machine) means who acted. */
export function isNamedBy(person: Identity, entry: string): boolean {
  const isMachine = person.grade === "machine";
  const wanted = isMachine ? [machineHandle(entry)] : handlesOfName(entry);
  return wanted.some((handle) =>
    handlesOf(person).some(({ kind, value }) => kind === handle.kind && value === handle.value),
  );
}

/** The email in `Name <email>`, or a text that is one; lower case. `undefined` when there is none. */
export function emailIn(name: string): string | undefined {
  const email = /<([^<>]*)>\s*$/.exec(name)?.[1] ?? name;
  return /^[^\s@<>]+@[^\s@<>/]+$/.test(email) ? email.toLowerCase() : undefined;
}

function handlesOf({ name, grade, proof }: Identity): readonly Handle[] {
  if (grade === "machine") return [machineHandle(name)];
  const named = handlesOfName(name);
  if (proof === undefined || proof.kind === "service-token") return named;
  if (proof.kind !== "oidc") return [...named, { kind: "key", value: proof.key }];
  const { email, actor } = proof.claims;
  return [
    ...named,
    ...(email === undefined ? [] : handlesOfName(email)),
    ...(actor === undefined ? [] : [accountHandle(accountHostOf(proof.issuer), actor)]),
  ];
}

function handlesOfName(name: string): readonly Handle[] {
  const email = emailIn(name);
  if (email === undefined) {
    const account = /^([a-z0-9.-]+\.[a-z0-9.-]+)\/(\S+)$/i.exec(name);
    const [, host, login] = account ?? [];
    if (host !== undefined && login !== undefined) return [accountHandle(host, login)];
    // The name of an account on one machine tells nobody apart from anybody.
    return [];
  }
  // https://docs.github.com/account-and-profile/reference/email-addresses-reference, with and without the number.
  const login = /^(?:\d+\+)?([^@+]+)@users\.noreply\.github\.com$/.exec(email)?.[1];
  if (login !== undefined) return [accountHandle("github.com", login)];
  return [{ kind: "email", value: email }];
}

function accountHandle(host: string, login: string): Handle {
  return { kind: `account at ${host.toLowerCase()}`, value: login.toLowerCase() };
}

function machineHandle(name: string): Handle {
  return { kind: "machine", value: name };
}

function withAliases(
  handles: readonly Handle[],
  people: Readonly<Record<string, readonly string[]>>,
): readonly Handle[] {
  const aliases = Object.entries(people).map(([name, others]) =>
    [name, ...others].flatMap(handlesOfName),
  );
  return [...handles, ...aliases.filter((known) => shares(known, handles)).flat()];
}

function shares(left: readonly Handle[], right: readonly Handle[]): boolean {
  return left.some(({ kind, value }) =>
    right.some((handle) => handle.kind === kind && handle.value === value),
  );
}
