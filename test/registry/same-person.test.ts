import { expect, test } from "vitest";
import type { Identity } from "../../src/registry/identity.ts";
import {
  comparePersons,
  emailIn,
  isNamedBy,
  type Sameness,
} from "../../src/registry/same-person.ts";

const signature = "-----BEGIN SSH SIGNATURE-----\n";

function said(name: string): Identity {
  return { name, grade: "asserted" };
}

function signed(principal: string, key = "a"): Identity {
  const proof = { kind: "signature", principal, key: `SHA256:${key}`, signature } as const;
  return { name: principal, grade: "authenticated", proof };
}

function job(
  actor: string,
  email?: string,
  issuer = "https://token.actions.githubusercontent.com",
): Identity {
  const claims = { repository: "x/y/z", actor, ...(email === undefined ? {} : { email }) };
  const times = { issued: "2026-01-02T10:00:00.000Z", expires: "2026-01-02T10:05:00.000Z" };
  const proof = {
    kind: "oidc",
    issuer,
    subject: "s",
    audience: "mlops",
    claims,
    ...times,
  } as const;
  const host = issuer.includes("github") ? "github.com" : "gitlab.com";
  return { name: `${host}/${actor}`, grade: "authenticated", proof };
}

const machine: Identity = { name: "retrain-bot", grade: "machine" };
const people = {
  "ada@example.org": ["github.com/ada-l", "ada@home.example"],
  "bob@example.org": ["github.com/bob"],
};

test.each<{ left: Identity; right: Identity; same: Sameness; why: string }>([
  {
    left: said("Ada <ada@example.org>"),
    right: said("A. Lovelace <ADA@Example.org>"),
    same: "same",
    why: "the email, in any case",
  },
  {
    left: said("Ada <ada@example.org>"),
    right: signed("ada@example.org"),
    same: "same",
    why: "the email, however known",
  },
  {
    left: said("Ada <ada@example.org>"),
    right: said("Ada <bob@example.org>"),
    same: "different",
    why: "two emails, one name",
  },
  {
    left: signed("ada@example.org"),
    right: signed("bob@example.org", "b"),
    same: "different",
    why: "two signers",
  },
  {
    left: signed("ada@example.org"),
    right: signed("bob@example.org", "a"),
    same: "same",
    why: "one key under two names",
  },
  {
    left: signed("ada@example.org"),
    right: signed("ada@home.example", "b"),
    same: "same",
    why: "two emails that the settings say are one person's",
  },
  { left: job("Ada-L"), right: job("ada-l"), same: "same", why: "one account, in any case" },
  { left: job("ada-l"), right: job("eve"), same: "different", why: "two accounts at one host" },
  {
    left: job("eve"),
    right: job("eve", undefined, "https://gitlab.com"),
    same: "unknown",
    why: "the same login elsewhere may be anybody's",
  },
  {
    left: job("eve"),
    right: signed("eve@example.org"),
    same: "unknown",
    why: "an account and an email that nobody has put together",
  },
  {
    left: job("ada-l"),
    right: signed("ada@example.org"),
    same: "same",
    why: "an account that the settings give to that email",
  },
  {
    left: job("ada-l"),
    right: signed("bob@example.org"),
    same: "different",
    why: "an account that the settings give to another",
  },
  {
    left: job("eve", "eve@example.org"),
    right: said("Eve <eve@example.org>"),
    same: "same",
    why: "the email in the token",
  },
  {
    left: job("ada-l"),
    right: said("Ada <583231+ada-l@users.noreply.github.com>"),
    same: "same",
    why: "GitHub's own address for an account",
  },
  {
    left: said("root"),
    right: said("ada"),
    same: "unknown",
    why: "names of accounts of some machine",
  },
  {
    left: said("root"),
    right: signed("ada@example.org"),
    same: "unknown",
    why: "a name that says nothing",
  },
  { left: machine, right: machine, same: "same", why: "one machine" },
  {
    left: machine,
    right: { ...machine, name: "other-bot" },
    same: "different",
    why: "two machines",
  },
  {
    left: machine,
    right: said("retrain-bot"),
    same: "different",
    why: "a person with a machine's name",
  },
])("finds $left.name and $right.name $same: $why", ({ left, right, same }) => {
  expect(comparePersons(left, right, people)).toBe(same);
  expect(comparePersons(right, left, people)).toBe(same);
});

test.each<{ entry: string; person: Identity; is: boolean }>([
  { entry: "Ada <ada@example.org>", person: signed("ada@example.org"), is: true },
  { entry: "ADA@example.org", person: said("Ada Lovelace <ada@example.org>"), is: true },
  { entry: "Ada", person: said("Ada <ada@example.org>"), is: false },
  { entry: "github.com/ada-l", person: job("ada-l"), is: true },
  { entry: "ada-l", person: job("ada-l"), is: false },
  { entry: "gitlab.com/ada-l", person: job("ada-l"), is: false },
  { entry: "retrain-bot", person: machine, is: true },
  { entry: "retrain-bot", person: said("retrain-bot"), is: false },
])("takes $entry for $person.name ($person.grade): $is", ({ entry, person, is }) => {
  expect(isNamedBy(person, entry)).toBe(is);
});

test.each([
  ["Ada <Ada@Example.org>", "ada@example.org"],
  ["ada@example.org", "ada@example.org"],
  ["Ada <ada@example.org> <eve@example.org>", "eve@example.org"],
  ["github.com/ada", undefined],
  ["Ada", undefined],
  ["Ada <>", undefined],
])("finds the email in %s", (name, email) => {
  expect(emailIn(name)).toBe(email);
});
