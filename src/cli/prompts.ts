/**
 * Questions to a person; the only file that imports the prompt library. Every question has a flag that answers it
 * too: without a terminal a missing answer is a UsageError that names the flag.
 */
import { InterruptedError, UsageError } from "../base/errors.ts";

interface Question<Answer> {
  /** The question, with its question mark. */
  readonly message: string;
  /** What answers it on the command line: `--name churn`. */
  readonly flag: string;
  /** Offered on a terminal, taken by `--yes`. Absent when there is no safe answer. */
  readonly default?: Answer;
}

export interface TextQuestion extends Question<string> {
  /** What is wrong with an answer, or `undefined`. */
  readonly check?: (answer: string) => string | undefined;
}

export interface ChoiceQuestion<Value extends string> extends Question<Value> {
  /** What Ctrl-D means, the end of all answers; without it the question waits on. */
  readonly atEnd?: Value;
  readonly choices: readonly { readonly value: Value; readonly label: string }[];
}

/** Asks, or says why it cannot. */
export interface Prompts {
  /** Whether there is somebody to ask. */
  readonly isInteractive: boolean;
  readonly text: (question: TextQuestion) => Promise<string>;
  readonly confirm: (question: Question<boolean>) => Promise<boolean>;
  readonly choose: <Value extends string>(question: ChoiceQuestion<Value>) => Promise<Value>;
}

/** How questions are asked here. */
export interface PromptSettings {
  readonly isInteractive: boolean;
  /** `--yes`: take defaults without asking. */
  readonly yes: boolean;
  readonly signal: AbortSignal;
  /** Called before a question appears, so that no spinner paints over it. */
  readonly beforeAsking: () => void;
}

/** Prompts on stdin and stderr, so that stdout holds results only. */
export function createPrompts(settings: PromptSettings): Prompts {
  const { isInteractive, yes, signal, beforeAsking } = settings;
  const context = { signal, output: process.stderr, clearPromptOnDone: false };

  async function answer<Answer>(
    question: Question<Answer>,
    ask: () => Promise<Answer>,
  ): Promise<Answer> {
    if (yes && question.default !== undefined) return question.default;
    if (!isInteractive) throw missingAnswer(question);
    beforeAsking();
    try {
      return await ask();
    } catch (error) {
      if (isGivenUp(error)) {
        throw new InterruptedError("interrupted", { code: "interrupted", cause: error });
      }
      throw error;
    }
  }

  return {
    isInteractive,
    text: async (question) =>
      answer(question, async () => {
        const { input } = await import("@inquirer/prompts");
        const validate = (text: string): string | true => question.check?.(text) ?? true;
        const preset = question.default === undefined ? {} : { default: question.default };
        return input({ message: question.message, validate, ...preset }, context);
      }),
    confirm: async (question) =>
      answer(question, async () => {
        const { confirm } = await import("@inquirer/prompts");
        // Without a stated default the answer that changes nothing is offered.
        return confirm({ message: question.message, default: question.default ?? false }, context);
      }),
    choose: async (question) =>
      answer(question, async () => {
        const { select } = await import("@inquirer/prompts");
        const choices = question.choices.map(({ value, label }) => ({ value, name: label }));
        const preset = question.default === undefined ? {} : { default: question.default };
        const asked = { message: question.message, choices, ...preset };
        const { atEnd } = question;
        if (atEnd === undefined) return select(asked, context);
        return untilEnd((ended) => select(asked, { ...context, signal: ended }), atEnd, signal);
      }),
  };
}

/** Readline closes at Ctrl-D and leaves its question unanswered for good, so the key is watched here. */
async function untilEnd<Answer>(
  ask: (signal: AbortSignal) => Promise<Answer>,
  atEnd: Answer,
  given: AbortSignal,
): Promise<Answer> {
  const end = new AbortController();
  const onKey = (_text: string | undefined, key: { ctrl?: boolean; name?: string }): void => {
    if (key.ctrl === true && key.name === "d") end.abort();
  };
  const onClose = (): void => {
    end.abort();
  };
  process.stdin.on("keypress", onKey).on("end", onClose);
  try {
    return await ask(AbortSignal.any([given, end.signal]));
  } catch (error) {
    if (end.signal.aborted && !given.aborted) return atEnd;
    throw error;
  } finally {
    process.stdin.off("keypress", onKey).off("end", onClose);
  }
}

function missingAnswer(question: Question<unknown>): UsageError {
  return new UsageError(`there is no terminal to ask: ${question.message}`, {
    code: "usage-missing-answer",
    hint:
      question.default === undefined
        ? `pass ${question.flag}`
        : `pass ${question.flag}, or --yes to take the default`,
  });
}

/** The names the prompt library gives to Ctrl-C and to an aborted signal. */
function isGivenUp(error: unknown): boolean {
  return (
    error instanceof Error &&
    ["ExitPromptError", "AbortPromptError", "AbortError"].includes(error.name)
  );
}
