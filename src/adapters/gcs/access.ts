/** Who asks Google Cloud Storage: application default credentials, as the Google tools find them. */
import { GoogleAuth } from "google-auth-library";
import { failureOfAnswer, failureOfConnection, type StoreRequest } from "../store-failures.ts";

const SCOPE = "https://www.googleapis.com/auth/devstorage.read_write";

/** @returns The headers that say who asks. @throws MlopsError `store-denied`, `store-unreachable`. */
export function googleHeaders(): (
  request: StoreRequest,
  signal: AbortSignal,
) => Promise<Readonly<Record<string, string>>> {
  // Objects are named without a project: left open, it would be asked for over the network.
  const auth = new GoogleAuth({ scopes: [SCOPE], projectId: "unasked" });
  return async (request, signal) => {
    try {
      const headers = await auth.getRequestHeaders();
      return Object.fromEntries(headers.entries());
    } catch (error) {
      const said = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
      const status = statusOf(error);
      // Without an answer it is the network, unless there are no credentials to ask with.
      if (status === undefined && isLost(error)) throw failureOfConnection(request, error, signal);
      const isBusy = status !== undefined && (status >= 500 || status === 429);
      throw failureOfAnswer(request, { status: isBusy ? status : 403, said, cause: error });
    }
  };
}

function isLost(error: unknown): boolean {
  return (
    error instanceof Error &&
    "code" in error &&
    /^E[A-Z_]+$/.test(String(error.code)) &&
    error.code !== "ENOENT"
  );
}

function statusOf(error: unknown): number | undefined {
  return error instanceof Error && "status" in error && typeof error.status === "number"
    ? error.status
    : undefined;
}
