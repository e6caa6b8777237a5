/**
 * `import matplotlib` beside `import matplotlib.pyplot as plt`: the second loads modules that the first one's name then has, so that
 * `matplotlib.style.use(…)` works in the notebook. A module that uses the one name needs what the other import loaded, too.
 */
import type { ImportedName } from "../python/facts.ts";
import type { ImportLine } from "../python/render-imports.ts";

/** Packages that have all of their public modules once they are imported, at once or when they are asked for. */
const COMPLETE: ReadonlySet<string> = new Set(["numpy", "pandas", "scipy"]);

/**
 * Lines for what the notebook's other imports load of packages that these lines import as a whole. In the notebook's order.
 *
 * @param texts What uses the names of the lines.
 * @param imported All imports of the notebook.
 */
export function loadedSubmodules(
  lines: readonly ImportLine[],
  texts: readonly string[],
  imported: readonly ImportedName[],
): readonly ImportLine[] {
  return lines.flatMap((line) => {
    const [top = ""] = line.module.split(".");
    const isPackage = line.member === undefined && (line.module === top || line.name === top);
    if (!isPackage || top === "" || COMPLETE.has(top)) return [];
    const inside = imported
      .filter(({ module, level }) => level === 0 && module.startsWith(`${top}.`))
      .map(({ module }) => module);
    const needed = new Set(
      modulesAskedFor(line.name, texts).flatMap((part) => {
        const exact = inside.filter((one) => isWithin(`${top}.${part}`, one));
        return exact.length > 0 ? exact : inside;
      }),
    );
    needed.delete(line.module);
    return [...needed].map((module): ImportLine => {
      const found = { module, member: undefined, name: top };
      return line.name === top ? found : { ...found, forEffect: true };
    });
  });
}

/** `style` of `matplotlib.style.use("ggplot")`: what is asked for something again may be a module. */
function modulesAskedFor(name: string, texts: readonly string[]): readonly string[] {
  const asked = new RegExp(`(?<![\\p{L}\\p{N}_.])${name}\\.([a-z][a-z0-9_]*)\\.`, "gu");
  return texts.flatMap((text) => [...text.matchAll(asked)].map(([, part = ""]) => part));
}

function isWithin(module: string, inner: string): boolean {
  return inner === module || inner.startsWith(`${module}.`);
}
