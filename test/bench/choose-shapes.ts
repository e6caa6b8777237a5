/** What a measurement takes of the shapes that it has. */

/**
 * @param asked Names; none for all.
 * @throws Error for a name that there is not: nothing would be measured, which looks like success.
 */
export function chooseShapes<Shape extends { readonly name: string }>(
  shapes: readonly Shape[],
  asked: readonly string[],
): readonly Shape[] {
  const unknown = asked.find((one) => !shapes.some(({ name }) => name === one));
  if (unknown !== undefined)
    throw new Error(
      `nothing is named ${unknown}; there are ${shapes.map(({ name }) => name).join(", ")}`,
    );
  return shapes.filter(({ name }) => asked.length === 0 || asked.includes(name));
}
