/**
 * Every command, by the words a person types. One line each; the record is loaded when it is needed.
 * The order is the order in help within a group.
 */
import type { Command } from "../command.ts";

export const commands: Readonly<Record<string, () => Promise<Command>>> = {
  init: async () => (await import("./init.ts")).initCommand,
  assess: async () => (await import("./assess.ts")).assessCommand,
  serve: async () => (await import("./serve.ts")).serveCommand,
  deploy: async () => (await import("./deploy.ts")).deployCommand,
  explain: async () => (await import("./explain.ts")).explainCommand,
};

/** What a word stands for that only has commands below it (`mlops models list`). */
export const nouns: Readonly<Record<string, string>> = {};
