/** Fills `__HOLES__` in a text template that is not YAML. A hole that is not given, or given and not there, is a bug and throws. */

/** Replaces every `__NAME__` by the value of that name. Values are not looked at again. */
export function fillText(template: string, holes: Readonly<Record<string, string>>): string {
  const used = new Set<string>();
  const text = template.replace(/__([A-Z][A-Z0-9_]*?)__/g, (hole, name: string) => {
    const value = Object.hasOwn(holes, name) ? holes[name] : undefined;
    if (value === undefined) throw new Error(`the template has a hole ${hole} that nothing fills`);
    used.add(name);
    return value;
  });
  const unused = Object.keys(holes).filter((name) => !used.has(name));
  if (unused.length > 0) throw new Error(`the template has no hole for ${unused.join(", ")}`);
  return text;
}
