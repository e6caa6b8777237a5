/**
 * Guesses from its name alone whether a column holds something that points at a person.
 * A guess errs towards "personal": the cost is a column missing from prediction logs, which contract.json can undo.
 */

const PERSONAL_WORDS: ReadonlySet<string> = new Set([
  "address",
  "birthday",
  "birthdate",
  "dob",
  "email",
  "fax",
  "firstname",
  "forename",
  "fullname",
  "guid",
  "iban",
  "ip",
  "lastname",
  "latitude",
  "license",
  "longitude",
  "mail",
  "mobile",
  "nickname",
  "passport",
  "phone",
  "postcode",
  "ssn",
  "street",
  "surname",
  "telephone",
  "username",
  "uuid",
  "zip",
  "zipcode",
]);

/** `name` alone, or after one of these; `product_name` is nobody's. */
const PERSON_WORDS: ReadonlySet<string> = new Set([
  "account",
  "client",
  "contact",
  "customer",
  "employee",
  "family",
  "first",
  "full",
  "given",
  "last",
  "maiden",
  "middle",
  "owner",
  "passenger",
  "patient",
  "person",
  "student",
  "user",
]);

/** Whether a column with this name is left out of prediction logs, ranges and category lists by default. */
export function isPersonalName(name: string): boolean {
  const words = wordsOf(name);
  const last = words.at(-1);
  if (last === "id" || last === "ids" || isPersonId(last ?? "")) return true;
  if (words.some((word) => PERSONAL_WORDS.has(word) || PERSONAL_WORDS.has(word.replace(/s$/, ""))))
    return true;
  if (last === "name" && (words.length === 1 || words.some((word) => PERSON_WORDS.has(word))))
    return true;
  return words.join(" ").includes("date of birth") || words.join(" ").includes("card number");
}

/** `customerid` written in one word. */
function isPersonId(word: string): boolean {
  return word.endsWith("id") && PERSON_WORDS.has(word.slice(0, -2));
}

/** `CustomerID`, `customer_id`, `customer-id`, `customerId` → customer, id. */
function wordsOf(name: string): readonly string[] {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replaceAll(/([A-Z]+)([A-Z][a-z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "");
}
