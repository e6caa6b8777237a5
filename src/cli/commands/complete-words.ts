import { defineCommand, succeeded } from "../command.ts";

/** `mlops complete-words -- WORDS`: what may stand in the place of the last word, one a line. */
export const completeWordsCommand = defineCommand({
  name: "complete-words",
  group: "other",
  summary: "Answer a shell that completes words",
  arguments: {
    words: { summary: "what was typed after mlops, the last word unfinished", count: "many" },
  },
  options: {},
  examples: [],
  run: async (context, { words }) => {
    const { completeWords } = await import("../complete-words.ts");
    return succeeded(await completeWords(words, context));
  },
  render: ({ result }) => result.join("\n"),
});
