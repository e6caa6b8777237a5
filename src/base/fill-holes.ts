/**
 * Fills `__HOLES__` in text templates that are not YAML (those have `fillYaml`). A template is a valid file of its own
 * language before and after.
 */

/**
 * Replaces every `__NAME__` by the value of that name; values are not looked at again. A hole alone on its line gives its
 * indentation to every line of the value that is not empty.
 *
 * @throws Error when a hole is not given, or a given one is not there: a bug of the caller.
 */
export function fillHoles(template: string, holes: Readonly<Record<string, string>>): string {
  const used = new Set<string>();
  const filled = template.replace(
    /^([ \t]*)__([A-Z](?:_?[A-Z0-9])*)__[ \t]*$|__([A-Z](?:_?[A-Z0-9])*)__/gm,
    (_whole, indent: string | undefined, alone: string | undefined, inline: string | undefined) => {
      const name = alone ?? inline ?? "";
      const value = Object.hasOwn(holes, name) ? holes[name] : undefined;
      if (value === undefined)
        throw new Error(`the template has a hole __${name}__ that nothing fills`);
      used.add(name);
      if (alone === undefined) return value;
      return value
        .split("\n")
        .map((line) => (line === "" ? "" : (indent ?? "") + line))
        .join("\n");
    },
  );
  const unused = Object.keys(holes).filter((name) => !used.has(name));
  if (unused.length > 0) throw new Error(`the template has no hole for ${unused.join(", ")}`);
  return filled;
}
