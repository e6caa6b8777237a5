/** Type annotations of step signatures, from the types the run showed. */
import type { ImportLine } from "../python/render-imports.ts";

/** An annotation and the import it needs, if any; the import is only for type checkers. */
export interface Annotation {
  readonly text: string;
  readonly needs: ImportLine | undefined;
}

const ANY: Annotation = { text: "Any", needs: { module: "typing", member: "Any", name: "Any" } };
const BUILTIN = /^builtins\.(int|float|str|bool|bytes|list|dict|set|tuple|frozenset|complex)$/;

/**
 * @param type Qualified type as observed; private modules (`sklearn.ensemble._forest`) are left out of the import path.
 * @param taken Names the program binds to something else, which no import may hide.
 */
export function annotationOf(type: string | undefined, taken: ReadonlySet<string>): Annotation {
  if (type === undefined) return ANY;
  const builtin = BUILTIN.exec(type);
  if (builtin !== null) return { text: builtin[1] ?? "object", needs: undefined };
  const conventional = conventionalAlias(type);
  if (conventional !== undefined)
    return taken.has(conventional.needs?.name ?? "") ? ANY : conventional;
  const parts = type.split(".");
  const name = parts.at(-1) ?? "";
  const module = parts
    .slice(0, -1)
    .filter((part) => !part.startsWith("_"))
    .join(".");
  // Only libraries whose public modules are known to re-export their classes; anything else stays Any.
  if (
    !/^(sklearn|xgboost|lightgbm|scipy)\b/.test(module) ||
    !/^[A-Za-z]\w*$/.test(name) ||
    taken.has(name)
  )
    return ANY;
  return { text: name, needs: { module, member: name, name } };
}

function conventionalAlias(type: string): Annotation | undefined {
  const pandas = /^pandas\..*\.?(DataFrame|Series|Index)$/.exec(type);
  if (pandas !== null)
    return {
      text: `pd.${pandas[1] ?? ""}`,
      needs: { module: "pandas", member: undefined, name: "pd" },
    };
  if (type === "numpy.ndarray")
    return { text: "np.ndarray", needs: { module: "numpy", member: undefined, name: "np" } };
  return undefined;
}
