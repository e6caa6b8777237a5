/** What crosses between steps where a statement binds a name and changes what it has bound to it. */
import { expect, test } from "vitest";
import { planOf } from "../support/notebooks.ts";

async function crossing(cells: readonly string[]): Promise<readonly string[]> {
  const { plan } = await planOf(cells, { cut: "cell" });
  return (plan?.artifacts ?? []).flatMap(({ variables, producer }) =>
    variables.map((name) => `${name} of ${producer}`),
  );
}

test.each([
  "with open('b.txt', 'w') as file:\n    file.write('2')",
  "for name in ['b.txt', 'c.txt']:\n    with open(name, 'w') as file:\n        file.write('2')",
  "if len('ab') > 1:\n    file = open('b.txt', 'w')\n    file.write('2')",
])("an open file of the same name in another cell is another file: %s", async (again) => {
  const first = "with open('a.txt', 'w') as file:\n    file.write('1')";
  expect(await crossing([first, again])).toEqual([]);
});

test("what is changed before the name is bound again, or through another name, crosses", async () => {
  const first = "words = ['a']\nother = words";
  const last = "open('out.txt', 'w').write(str((words, other)))";
  expect(await crossing([first, "words += ['b']", last])).toContain("words of prepare");
  expect(
    await crossing([first, "if len('ab') > 1:\n    other.append('b')\n    words = [3]", last]),
  ).toEqual(expect.arrayContaining(["words of prepare", "other of prepare"]));
});
