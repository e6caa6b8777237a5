/** Asking S3: the client as we want it, and what its answers mean. */
import { S3Client, S3ServiceException } from "@aws-sdk/client-s3";
import { EnvironmentError } from "../../base/errors.ts";
import { err, ok, type Result } from "../../base/result.ts";
import { failureOfAnswer, failureOfConnection, type StoreRequest } from "../store-failures.ts";

const CREDENTIALS =
  "the AWS credentials of the environment, of ~/.aws or of the machine's role are taken: they need s3:GetObject and s3:ListBucket, to push also s3:PutObject";

const CONNECT_MS = 15_000;
const IDLE_MS = 60_000;

/** An answer that the caller knows what to do with, such as 404. */
export interface Declined {
  readonly status: number;
  /** What S3 calls it. HEAD answers have no name of their own. */
  readonly name: string;
}

export interface S3Access {
  /** What people know the store by. */
  readonly store: string;
  /**
   * Sends one request.
   *
   * @param accepted Statuses that are no failure.
   * @throws MlopsError for every other failure.
   */
  readonly ask: <T>(asked: {
    readonly doing: StoreRequest["doing"];
    readonly signal: AbortSignal;
    readonly accepted?: readonly number[];
    readonly send: (client: S3Client, options: { readonly abortSignal: AbortSignal }) => Promise<T>;
  }) => Promise<Result<T, Declined>>;
  /** A body that is read piece by piece; throws as requests do. */
  readonly reading: (
    body: AsyncIterable<Uint8Array>,
    signal: AbortSignal,
  ) => AsyncIterable<Uint8Array>;
}

/** @param environment Taken from here is what the SDK does not look for itself. */
export function accessS3(
  store: string,
  environment: Readonly<Record<string, string | undefined>>,
): S3Access {
  const client = makeClient(environment);
  const requestOf = (doing: StoreRequest["doing"]): StoreRequest => ({
    store,
    doing,
    credentials: CREDENTIALS,
  });
  return {
    store,
    ask: async ({ doing, signal, accepted = [], send }) => {
      signal.throwIfAborted();
      try {
        return ok(await send(client, { abortSignal: signal }));
      } catch (error) {
        const status =
          error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
        if (
          error instanceof S3ServiceException &&
          status !== undefined &&
          accepted.includes(status)
        )
          return err({ status, name: error.name });
        throw failureOf(requestOf(doing), error, signal);
      }
    },
    async *reading(body, signal) {
      try {
        yield* body;
      } catch (error) {
        throw failureOf(requestOf("get"), error, signal);
      }
    },
  };
}

function makeClient(environment: Readonly<Record<string, string | undefined>>): S3Client {
  const endpoint = environment["AWS_ENDPOINT_URL_S3"] ?? environment["AWS_ENDPOINT_URL"];
  // The other AWS tools take both names, the SDK only the first.
  const region = environment["AWS_REGION"] ?? environment["AWS_DEFAULT_REGION"];
  return new S3Client({
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined || endpoint === "" ? {} : { endpoint }),
    // A name of its own for each bucket is what few servers besides AWS have.
    forcePathStyle: endpoint !== undefined && endpoint !== "",
    followRegionRedirects: true,
    // Asking again is decided in one place for all kinds of stores.
    maxAttempts: 1,
    // Blobs carry their own digests; many servers that speak S3 refuse what else newer clients add.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    requestHandler: { connectionTimeout: CONNECT_MS, socketTimeout: IDLE_MS },
  });
}

/** Answers that S3 gives with a status that says something else. */
const BUSY = [
  "RequestTimeout",
  "SlowDown",
  "InternalError",
  "RequestTimeTooSkewed",
  "OperationAborted",
];
const DENIED = [
  "ExpiredToken",
  "InvalidToken",
  "TokenRefreshRequired",
  "AuthorizationHeaderMalformed",
];

function failureOf(request: StoreRequest, error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  if (error instanceof S3ServiceException) {
    const { name, $metadata, $response, message } = error;
    if (name === "NoSuchBucket") return noBucket(request.store);
    const status = $metadata.httpStatusCode;
    const seconds = Number($response?.headers["retry-after"] ?? Number.NaN);
    return failureOfAnswer(request, {
      status: BUSY.includes(name) ? 503 : DENIED.includes(name) ? 403 : status,
      said: `${name}${message === "" || message === name ? "" : `, ${message.replace(/\.$/, "")}`}`,
      ...(Number.isNaN(seconds) ? {} : { retryAfterMs: seconds * 1000 }),
      cause: error,
    });
  }
  if (error instanceof Error && /^(?:CredentialsProvider|TokenProvider)Error$/.test(error.name))
    return failureOfAnswer(request, { status: 403, said: error.message, cause: error });
  if (error instanceof Error && error.message === "Region is missing")
    return new EnvironmentError(`The region of ${request.store} is not known.`, {
      code: "store-denied",
      hint: "set AWS_REGION, or region in ~/.aws/config",
      cause: error,
    });
  return failureOfConnection(request, error, signal);
}

/** That the address names a bucket that is not there. */
export function noBucket(store: string): EnvironmentError {
  return new EnvironmentError(`There is no bucket for ${store}.`, {
    code: "store-unreachable",
    hint: "check store: in .mlopsrc.yaml, the account and the region",
  });
}
