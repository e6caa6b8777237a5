/** Serves a model version until the program is told to stop. */
import type { ServableModel } from "../../app/serve-model.ts";
import { EnvironmentError } from "../../base/errors.ts";
import type { Gateway } from "../../http/gateway/gateway.ts";
import { startGateway } from "../../http/gateway/gateway.ts";
import type { ServeResult } from "../../serving/schema.ts";
import { ServingOptions } from "../../serving/schema.ts";
import { renderModelReference } from "../../serving/served-model.ts";
import type { CommandContext } from "../context.ts";
import { programVersion } from "../package-root.ts";
import { renderExampleRequest, renderGatewayEvent } from "../render/serving.ts";
import { prepareModel } from "./prepare-model.ts";

/** What the command line said; what is `undefined` is taken from the settings. */
export interface ServeFlags {
  readonly model: string;
  readonly python: string | undefined;
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly workers: number | undefined;
  readonly allowHost: readonly string[];
}

/** Resolves after the abort signal and an orderly end. */
export async function runServe(context: CommandContext, flags: ServeFlags): Promise<ServeResult> {
  const counts = { answered: 0, failed: 0 };
  const servable = await prepareModel(context, flags);
  const gateway = await listen(context, { servable, flags, counts });
  const url = urlOf(gateway);
  const model = renderModelReference(servable.model);
  const example = renderExampleRequest(url, servable.model.contract);
  context.events.emit({ kind: "listening", url, model, example });
  await untilAborted(context.signal);
  await gateway.close();
  return { model, url, ...counts };
}

interface Listening {
  readonly servable: ServableModel;
  readonly flags: ServeFlags;
  readonly counts: { answered: number; failed: number };
}

async function listen(
  context: CommandContext,
  { servable, flags, counts }: Listening,
): Promise<Gateway> {
  const { serve } = await context.config();
  const note = (text: string): void => {
    context.events.emit({ kind: "noted", text });
  };
  const serving = ServingOptions.parse({
    host: flags.host ?? serve.host,
    port: flags.port ?? serve.port,
    workers: flags.workers ?? serve.workers,
    allowedHosts: flags.allowHost,
  });
  const { name, version } = servable.model;
  const files = await context.wiring.files((await context.project()).root);
  const clock = await context.wiring.clock();
  const log = await context.wiring.predictionLog({
    folder: files.absolute(`.mlops/predictions/${encodeURIComponent(name)}/v${String(version)}`),
    onError: (error) => {
      note(`the prediction log cannot be written: ${messageOf(error)}`);
    },
  });
  try {
    return await startGateway({
      model: servable.model,
      serving,
      startWorker: servable.startWorker,
      log,
      programVersion: programVersion(),
      nowMs: clock.nowMs,
      draw: Math.random,
      onEvent: (event) => {
        if (event.kind === "request") counts[event.status === 200 ? "answered" : "failed"] += 1;
        const text = renderGatewayEvent(event);
        if (text !== undefined) note(text);
      },
    });
  } catch (error) {
    await log.close();
    throw isListenError(error) ? portUnavailable(serving, error) : error;
  }
}

/** What the system says when an address cannot be used: `EADDRINUSE`, `EACCES`, `EADDRNOTAVAIL`, `ENOTFOUND`. */
function isListenError(error: unknown): error is NodeJS.ErrnoException {
  return (
    error instanceof Error &&
    "syscall" in error &&
    (error.syscall === "listen" || error.syscall === "getaddrinfo")
  );
}

function portUnavailable({ host, port }: ServingOptions, error: Error): EnvironmentError {
  return new EnvironmentError(`${host}:${String(port)} cannot be listened on: ${error.message}.`, {
    code: "port-unavailable",
    hint: "choose another port with --port; 0 takes any free one",
    cause: error,
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function urlOf({ host, port }: Gateway): string {
  return `http://${host.includes(":") ? `[${host}]` : host}:${String(port)}`;
}

async function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    signal.addEventListener(
      "abort",
      () => {
        resolve();
      },
      { once: true },
    );
  });
}
