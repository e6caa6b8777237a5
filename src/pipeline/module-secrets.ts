/** The project's own modules are copied as they are, so a secret in one stops the promotion. */
import type { Diagnostic } from "../base/diagnostic.ts";
import { lineColumnAt, lineStarts } from "../base/text-span.ts";
import type { PythonParser } from "../python/parse.ts";
import { textOf } from "../python/syntax.ts";
import { maskSecrets } from "../secrets/mask.ts";
import type { LocalModule } from "./notebook-program.ts";
import { secretLiterals, secretParameters } from "./secret-literals.ts";

/** One error a secret, with the file and line. */
export function findModuleSecrets(
  modules: readonly LocalModule[],
  environment: ReadonlyMap<string, string>,
  parser: PythonParser,
): readonly Diagnostic[] {
  return modules.flatMap(({ source, text }) => {
    const tree = parser.parse(text);
    const inComments = tree.comments.filter((span) => {
      const comment = textOf(text, span);
      return maskSecrets(comment, environment.keys()) !== comment;
    });
    const found = [
      ...secretLiterals(tree, { environment, parameters: secretParameters(tree) }),
      ...inComments.map(({ start }) => ({ start, because: "a comment holds it" })),
    ];
    return found.map(
      ({ start, because }): Diagnostic => ({
        code: "secret-in-module",
        severity: "error",
        message: `a secret stands in a module that the package would hold a copy of (${because})`,
        hint: 'read it from an environment variable there: os.environ["NAME"]',
        where: { path: source, line: lineColumnAt(lineStarts(text), start).line },
      }),
    );
  });
}
