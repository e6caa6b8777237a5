/** Reads `.mlopsrc.yaml` and settles every setting. */
import { ConfigError } from "../base/errors.ts";
import type { Config } from "../config/schema.ts";
import { type ConfigSources, mayOverride } from "../config/sources.ts";
import type { Files } from "../ports/files.ts";
import { CONFIG_FILE } from "./find-project.ts";
import { rememberedYaml, rememberYaml } from "./remembered-yaml.ts";

/**
 * The settings of the project whose root `files` has.
 *
 * @throws ConfigError `config-unreadable` where the file is none; else with every problem, each at its line.
 */
export async function readConfig(
  sources: Omit<ConfigSources, "file">,
  files: Files,
): Promise<Config> {
  const kind = await files.kind(CONFIG_FILE);
  if (kind === "directory" || kind === "other")
    throw new ConfigError(`${CONFIG_FILE} is no file, so the settings cannot be read.`, {
      code: "config-unreadable",
      where: { path: CONFIG_FILE },
      hint: `move it away, then run mlops init, which writes ${CONFIG_FILE}`,
    });
  const text = await files.readText(CONFIG_FILE);
  // What variables and flags say is no part of what is remembered.
  if (mayOverride(sources)) return settle(sources, text);
  // No file says as much as an empty one.
  const given = { kind: "config", text: text ?? "" } as const;
  const remembered = await rememberedYaml(given, files);
  if (remembered !== undefined) return remembered;
  const config = await settle(sources, text);
  await rememberYaml(given, config, files);
  return config;
}

async function settle(
  sources: Omit<ConfigSources, "file">,
  text: string | undefined,
): Promise<Config> {
  const { resolveConfig } = await import("../config/resolve.ts");
  const file =
    text === undefined ? undefined : (await import("../base/yaml.ts")).parseYaml(text, CONFIG_FILE);
  const resolved = resolveConfig({ ...sources, file });
  if (resolved.ok) return resolved.config.value;
  const [first, ...others] = resolved.diagnostics;
  throw new ConfigError(first?.message ?? `${CONFIG_FILE} cannot be used`, {
    code: first?.code ?? "yaml-syntax",
    hint: first?.hint ?? `change that line of ${CONFIG_FILE}, then run the command again`,
    ...(first?.where === undefined ? {} : { where: first.where }),
    diagnostics: others,
  });
}
