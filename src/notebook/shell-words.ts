/**
 * Splits a shell line into its commands, forgivingly: what it does not know for certain it does not split.
 * Knows nothing of what commands mean.
 */

/** One command of a line. */
export interface ShellCommand {
  readonly words: readonly string[];
  /** What stands between it and the command before it; `;` for the first. */
  readonly after: ";" | "&&" | "||" | "|";
  /** The file that its output goes to; `undefined` when it is printed. */
  readonly output: string | undefined;
}

const QUIET_REDIRECT = /^(?:[12&]?>{1,2}\s*\/dev\/null|2>&1)/;
const OUTPUT_REDIRECT = /^>\s*([\w./-]+)(?=\s|$)/;

/** Longer ones first. */
const OPERATORS = ["&&", "||", "|", ";"] as const;

/**
 * Splits at `;`, `&&`, `||` and `|` into commands of words, quotes removed.
 * `undefined` when the line has anything else: substitution, redirection that appends or reads, background jobs, an expression in braces that calls something.
 */
export function splitCommands(line: string): readonly ShellCommand[] | undefined {
  const commands: { words: string[]; after: ShellCommand["after"]; output?: string }[] = [
    { words: [], after: ";" },
  ];
  let word: string | undefined;
  const endWord = (): void => {
    if (word !== undefined) commands.at(-1)?.words.push(word);
    word = undefined;
  };
  for (let at = 0; at < line.length; at += 1) {
    const character = line.charAt(at);
    const redirect =
      word === undefined || /^[&>]/.test(character) ? QUIET_REDIRECT.exec(line.slice(at)) : null;
    const output = word === undefined ? OUTPUT_REDIRECT.exec(line.slice(at)) : null;
    const operator = OPERATORS.find((one) => line.startsWith(one, at));
    if (redirect !== null) {
      endWord();
      at += redirect[0].length - 1;
    } else if (output?.[1] !== undefined) {
      const command = commands.at(-1);
      if (command === undefined || command.output !== undefined) return undefined;
      command.output = output[1];
      at += output[0].length - 1;
    } else if (character === "'" || character === '"') {
      const end = line.indexOf(character, at + 1);
      if (end === -1) return undefined;
      const quoted = line.slice(at + 1, end);
      if (hasSubstitution(quoted) || quoted.includes("\\")) return undefined;
      word = (word ?? "") + quoted;
      at = end;
    } else if (/\s/.test(character)) {
      endWord();
    } else if (character === "#" && word === undefined) {
      break;
    } else if (operator !== undefined) {
      endWord();
      at += operator.length - 1;
      commands.push({ words: [], after: operator });
    } else if (/[<>&`\\()]/.test(character)) {
      return undefined;
    } else {
      word = (word ?? "") + character;
    }
  }
  endWord();
  if (hasSubstitution(line)) return undefined;
  return commands
    .filter(({ words, output }) => words.length > 0 || output !== undefined)
    .map(({ words, after, output }) => ({ words, after, output }));
}

/** Command substitution by the shell, or by IPython an expression in braces that could do more than name a value. */
function hasSubstitution(text: string): boolean {
  return /`|\$\(|\{[^}]*\(/.test(text);
}

/** A path or name that the shell takes as it is: no pattern, variable, home folder or option. */
export function isPlainPath(word: string): boolean {
  return /^[\p{L}\p{N}_.,/+=@% -]+$/u.test(word) && !word.startsWith("-") && word.trim() === word;
}
