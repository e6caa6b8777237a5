/** Fills `__HOLES__` in text templates. The template is a valid file of its own language before and after. */

/**
 * Every hole of the template must be given and every given one used; anything else is a bug of the caller.
 * A hole alone on its line gives its indentation to every line of the value.
 */
export function fillHoles(template: string, holes: Readonly<Record<string, string>>): string {
  const used = new Set<string>();
  const filled = template.replace(
    /^([ \t]*)(__[A-Z][A-Z0-9_]*__)[ \t]*$|(__[A-Z][A-Z0-9_]*__)/gm,
    (_whole, indent: string | undefined, alone: string | undefined, inline: string | undefined) => {
      const name = alone ?? inline ?? "";
      const value = holes[name];
      if (value === undefined)
        throw new Error(`the template has a hole ${name} that nothing fills`);
      used.add(name);
      if (alone === undefined) return value;
      return value
        .split("\n")
        .map((line) => (line === "" ? "" : (indent ?? "") + line))
        .join("\n");
    },
  );
  for (const name of Object.keys(holes))
    if (!used.has(name)) throw new Error(`the template has no hole ${name}`);
  return filled;
}
