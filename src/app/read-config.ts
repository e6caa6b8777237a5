/** Reads `.mlopsrc.yaml` and settles every setting. */
import { ConfigError } from "../base/errors.ts";
import { parseYaml } from "../base/yaml.ts";
import { type ConfigSources, type ResolvedConfig, resolveConfig } from "../config/resolve.ts";
import type { Files } from "../ports/files.ts";
import { CONFIG_FILE } from "./find-project.ts";

/**
 * The settings of the project whose root `files` has.
 *
 * @throws ConfigError with every problem, each at its line.
 */
export async function readConfig(
  sources: Omit<ConfigSources, "file">,
  files: Files,
): Promise<ResolvedConfig> {
  const text = await files.readText(CONFIG_FILE);
  const file = text === undefined ? undefined : parseYaml(text, CONFIG_FILE);
  const resolved = resolveConfig({ ...sources, file });
  if (resolved.ok) return resolved.config;
  const [first, ...others] = resolved.diagnostics;
  throw new ConfigError(first?.message ?? `${CONFIG_FILE} cannot be used`, {
    code: first?.code ?? "yaml-syntax",
    ...(first?.hint === undefined ? {} : { hint: first.hint }),
    ...(first?.where === undefined ? {} : { where: first.where }),
    diagnostics: others,
  });
}
