/**
 * Splits the text of a `run:` block or a RUN line into simple commands, enough to say which programs it really starts and whether their failure counts.
 * It is no shell: what stands in a here-document, a comment or an `echo` is no command, and a command whose failure is swallowed is marked.
 */

/** One command as started. */
export interface ShellCommand {
  /** Words joined by one space, assignments in front taken off. */
  readonly text: string;
  /** 0-based line in the block. */
  readonly line: number;
  /** Why its failure would not fail the block: `|| true`, `set +e`, `exit 0` after it; `undefined` when it would. */
  readonly swallowedBy: string | undefined;
}

/** The simple commands of a block in order. */
export function shellCommands(block: string): readonly ShellCommand[] {
  const commands: ShellCommand[] = [];
  let lenient: string | undefined;
  let unreachable = false;
  for (const { text, line } of logicalLines(block)) {
    for (const { parts, swallowed } of lists(text)) {
      for (const part of parts) {
        const command = withoutAssignments(part);
        if (command === "") continue;
        if (/^set\s+\+\w*e/.test(command)) lenient = "set +e";
        else if (/^set\s+-\w*e/.test(command)) lenient = undefined;
        if (unreachable) continue;
        commands.push({ text: command, line, swallowedBy: swallowed ?? lenient });
        if (/^exit(\s|$)/.test(command)) unreachable = true;
      }
    }
  }
  const last = commands[commands.length - 1];
  if (last?.text === "exit 0" && commands.some((command) => command.swallowedBy === "set +e"))
    return commands;
  return commands.filter((command) => !/^exit\b/.test(command.text));
}

/** Whether a command starts Python with this module: `python -m churn run …`, `python3 -m churn run`, `uv run python -m churn run`. */
export function runsPythonModule(
  command: string,
  module: string,
  ...words: readonly string[]
): boolean {
  const wanted = ["-m", module, ...words].join(" ");
  return new RegExp(
    `^(?:(?:uv|poetry|pipenv|pdm|hatch) run )?(?:\\S*/)?python[0-9.]*(?: -[A-Za-ln-z]\\S*)* ${escape(wanted)}(?: |$)`,
  ).test(command);
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** Joins continued lines, drops comments and the bodies of here-documents. */
function logicalLines(block: string): readonly { readonly text: string; readonly line: number }[] {
  const result: { text: string; line: number }[] = [];
  let open: { text: string; line: number } | undefined;
  let until: string | undefined;
  for (const [line, raw] of block.split("\n").entries()) {
    if (until !== undefined) {
      if (raw.trim() === until) until = undefined;
      continue;
    }
    const continues = /(^|[^\\])\\$/.test(raw);
    const text = (continues ? raw.slice(0, -1) : raw).trim();
    if (open === undefined) open = { text, line };
    else open.text = `${open.text} ${text}`;
    if (continues) continue;
    until = /<<-?\s*["']?(\w+)["']?/.exec(open.text)?.[1];
    const bare = withoutComment(open.text);
    if (bare !== "") result.push({ text: bare, line: open.line });
    open = undefined;
  }
  if (open !== undefined && withoutComment(open.text) !== "")
    result.push({ text: withoutComment(open.text), line: open.line });
  return result;
}

function withoutComment(text: string): string {
  let quote: string | undefined;
  for (let at = 0; at < text.length; at++) {
    const letter = text[at] ?? "";
    if (quote !== undefined) {
      if (letter === quote) quote = undefined;
    } else if (letter === '"' || letter === "'") quote = letter;
    else if (letter === "#" && (at === 0 || /\s/.test(text[at - 1] ?? "")))
      return text.slice(0, at).trim();
  }
  return text.trim();
}

/** `a && b || true; c` → [{ parts: [a, b], swallowed: "|| true" }, { parts: [c] }]; what follows `||` runs only after a failure, so it is left out. */
function lists(
  text: string,
): readonly { readonly parts: readonly string[]; readonly swallowed: string | undefined }[] {
  return splitAt(text, [";"]).map((list) => {
    const [tried = "", ...otherwise] = splitAt(list, ["||"]);
    const fallback = otherwise.map((part) => part.trim());
    const swallowing = fallback.find((part) =>
      /^(true|:|exit 0|echo\b.*|\(?\s*true\s*\)?)$/.test(part),
    );
    const pipes = splitAt(tried, ["&&"]).flatMap((part) => splitAt(part, ["|"]));
    return {
      parts: pipes.map((part) =>
        part
          .trim()
          .replace(/^(if|then|else|elif|while|until|do|!|\{|\()\s+/, "")
          .replace(/\s*&$/, ""),
      ),
      swallowed:
        swallowing === undefined
          ? /(^|\s)--exit-zero\b/.test(tried)
            ? "--exit-zero"
            : undefined
          : `|| ${swallowing}`,
    };
  });
}

/** Splits outside quotes and `$( … )`; `||` is never taken for two `|`. */
function splitAt(text: string, separators: readonly string[]): readonly string[] {
  const parts: string[] = [];
  let quote: string | undefined;
  let depth = 0;
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const letter = text[at] ?? "";
    if (quote !== undefined) {
      if (letter === quote && text[at - 1] !== "\\") quote = undefined;
      continue;
    }
    if (letter === '"' || letter === "'") quote = letter;
    else if (letter === "$" && text[at + 1] === "(") depth++;
    else if (letter === ")" && depth > 0) depth--;
    const separator = depth > 0 ? undefined : separators.find((one) => text.startsWith(one, at));
    if (separator === undefined) continue;
    if (separator === "|" && (text[at + 1] === "|" || text[at - 1] === "|")) continue;
    parts.push(text.slice(from, at));
    from = at + separator.length;
    at = from - 1;
  }
  parts.push(text.slice(from));
  return parts;
}

function withoutAssignments(text: string): string {
  const bare = text.trim().replace(/\s+/g, " ");
  const rest = bare.replace(/^(?:(?:env )?[A-Za-z_]\w*=(?:"[^"]*"|'[^']*'|\S*)(?: |$))+/, "");
  return rest.trim();
}
