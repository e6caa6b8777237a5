/** Names of ours as Python writes them. */

/** The Python package, module or function of a name: `prepare-data` → `prepare_data`. */
export function pythonName(name: string): string {
  return name.replaceAll("-", "_");
}
