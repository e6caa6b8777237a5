/** Requirement files as pip reads them: one requirement a logical line, versions, hashes. Options and nested files are kept apart. */

/** One requirement. */
export interface Requirement {
  /** Normalized: lower case, runs of `-`, `_`, `.` as one `-`. */
  readonly name: string;
  /** Set when it is pinned by `==` or `===` to one version without a wildcard. */
  readonly version: string | undefined;
  readonly hashes: number;
  readonly line: number;
}

/** A requirements file as far as it could be read. */
export interface RequirementsFile {
  readonly path: string;
  readonly requirements: readonly Requirement[];
  /** Lines that are neither a requirement nor an option we know; 1-based. */
  readonly unread: readonly number[];
}

/** Reads `requirements.txt` or a lock made from it. */
export function parseRequirements(path: string, text: string): RequirementsFile {
  const requirements: Requirement[] = [];
  const unread: number[] = [];
  for (const { content, line } of logicalLines(text)) {
    if (
      /^(-i|--index-url|--extra-index-url|--find-links|-f|--no-binary|--only-binary|--require-hashes|--pre|--trusted-host)\b/.test(
        content,
      )
    )
      continue;
    const match = /^([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*([^;#]*)/.exec(content);
    const name = match?.[1];
    if (name === undefined) {
      unread.push(line);
      continue;
    }
    const specifier = (match?.[2] ?? "").replace(/--hash.*$/, "").trim();
    requirements.push({
      name: normalizeDistribution(name),
      version: /^={2,3}\s*([A-Za-z0-9.!+_-]+)$/.exec(specifier)?.[1],
      hashes: [
        ...content.matchAll(
          /--hash[= ]sha(?:256:[0-9a-f]{64}|384:[0-9a-f]{96}|512:[0-9a-f]{128})\b/g,
        ),
      ].length,
      line,
    });
  }
  return { path, requirements, unread };
}

/** `Scikit_Learn` → `scikit-learn`, as package indexes compare names. */
export function normalizeDistribution(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, "-");
}

function logicalLines(
  text: string,
): readonly { readonly content: string; readonly line: number }[] {
  const lines: { content: string; line: number }[] = [];
  let open: { content: string; line: number } | undefined;
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const bare = raw.replace(/(^|\s)#.*$/, "").trimEnd();
    const continues = bare.endsWith("\\");
    const content = (continues ? bare.slice(0, -1) : bare).trim();
    if (open === undefined) open = { content, line: index + 1 };
    else open.content = `${open.content} ${content}`;
    if (continues) continue;
    if (open.content !== "") lines.push(open);
    open = undefined;
  }
  if (open !== undefined && open.content !== "") lines.push(open);
  return lines;
}
