/** Reads `.mlopsrc.yaml` and settles every setting. */
import { ConfigError } from "../base/errors.ts";
import { type ConfigSources, type ResolvedConfig, resolveConfig } from "../config/resolve.ts";
import type { Files } from "../ports/files.ts";
import { CONFIG_FILE } from "./find-project.ts";

/**
 * The settings of the project whose root `files` has.
 *
 * @throws ConfigError `config-unreadable` where the file is none; else with every problem, each at its line.
 */
export async function readConfig(
  sources: Omit<ConfigSources, "file">,
  files: Files,
): Promise<ResolvedConfig> {
  const kind = await files.kind(CONFIG_FILE);
  if (kind === "directory" || kind === "other")
    throw new ConfigError(`${CONFIG_FILE} is no file, so the settings cannot be read.`, {
      code: "config-unreadable",
      where: { path: CONFIG_FILE },
      hint: `move it away, then run mlops init, which writes ${CONFIG_FILE}`,
    });
  const text = await files.readText(CONFIG_FILE);
  const file =
    text === undefined ? undefined : (await import("../base/yaml.ts")).parseYaml(text, CONFIG_FILE);
  const resolved = resolveConfig({ ...sources, file });
  if (resolved.ok) return resolved.config;
  const [first, ...others] = resolved.diagnostics;
  throw new ConfigError(first?.message ?? `${CONFIG_FILE} cannot be used`, {
    code: first?.code ?? "yaml-syntax",
    hint: first?.hint ?? `change that line of ${CONFIG_FILE}, then run the command again`,
    ...(first?.where === undefined ? {} : { where: first.where }),
    diagnostics: others,
  });
}
