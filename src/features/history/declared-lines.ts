/** The lines of pipeline.yaml, under `serve`, that say whose a row is and when it was; for messages that tell what to write. */

/** Words that YAML reads as something else than a text. */
const NO_TEXT = /^(?:null|true|false|yes|no|on|off|y|n)$/iu;

/** One line for the entity and one for the time, as far as there are any. */
export function declaredLines(
  entity: readonly string[],
  time: string | undefined,
): readonly string[] {
  const [first, ...others] = entity;
  const named = others.length === 0 ? first : undefined;
  const list = `[${entity.map(scalar).join(", ")}]`;
  return [
    ...(first === undefined ? [] : [`entity: ${named === undefined ? list : scalar(named)}`]),
    ...(time === undefined ? [] : [`time: ${scalar(time)}`]),
  ];
}

/** What a message tells to do with the lines. */
export function writtenUnderServe(lines: readonly string[], settings: string): string {
  const quoted = lines.map((line) => `\`${line}\``).join(" and ");
  const place = lines.length === 1 ? "the line" : "the lines";
  return `under serve in ${settings} write ${quoted} in place of ${place} there, and promote again; promote --interactive offers the choice`;
}

/** A name as YAML takes it. */
function scalar(name: string): string {
  const isPlain = /^[\p{L}_][\p{L}\p{N}_ ./-]*$/u.test(name) && !/\s$/u.test(name);
  return isPlain && !NO_TEXT.test(name) ? name : JSON.stringify(name);
}
