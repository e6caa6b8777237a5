/** What a command gets besides its input. Built by `main.ts`; tests build their own. */
import type { AppEvent } from "../app/event.ts";
import type { Project } from "../app/find-project.ts";
import type { Config } from "../config/schema.ts";
import type { Events } from "../ports/events.ts";
import type { Prompts } from "./prompts.ts";
import type { Wiring } from "./wire.ts";

export interface CommandContext {
  /** Absolute folder the command was started in. */
  readonly workingDirectory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Aborted by Ctrl-C; hand it to everything that may take long. */
  readonly signal: AbortSignal;
  /** What is piped into the program. */
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly events: Events<AppEvent>;
  readonly prompts: Prompts;
  /** `--yes`: take the default answer of every question that is safe to answer. */
  readonly yes: boolean;
  /** Adapters, built when first asked for. */
  readonly wiring: Wiring;
  /** The project around the working directory; found once. */
  readonly project: () => Promise<Project>;
  /** `.mlopsrc.yaml` merged with the environment and the defaults; read once. Flags are given by the command. */
  readonly config: () => Promise<Config>;
}
