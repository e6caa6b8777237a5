/**
 * Who may talk to a local server through a browser. A page on the internet can make a browser send requests to 127.0.0.1,
 * and by DNS rebinding even under its own name; the Host header then names that page, and the Origin header too.
 */

/** Names accepted in the Host header: `any`, or the loopback names and these. */
export type AllowedHosts = "any" | readonly string[];

/** Whether a host name or address reaches only this machine. Brackets around IPv6 are accepted. */
function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[|\]$/g, "");
  return (
    name === "localhost" ||
    name.endsWith(".localhost") ||
    name === "::1" ||
    /^127(\.\d{1,3}){3}$/.test(name)
  );
}

/** Hosts to accept for a server bound to `host`: everything where the network reaches it anyway and nothing was configured. */
export function allowedHostsFor(host: string, configured: readonly string[]): AllowedHosts {
  return configured.length === 0 && !isLoopback(host) ? "any" : configured;
}

/** Whether a Host header (`name`, `name:port`, `[::1]:port`) names a host that is served. */
export function isAllowedHost(header: string | undefined, allowed: AllowedHosts): boolean {
  if (allowed === "any") return true;
  const name = hostName(header ?? "");
  return (
    name !== undefined && (isLoopback(name) || allowed.some((host) => host.toLowerCase() === name))
  );
}

/** Whether a request comes from no web page at all, or from a page of this very host. */
export function isAllowedOrigin(
  origin: string | undefined,
  hostHeader: string | undefined,
): boolean {
  if (origin === undefined) return true;
  const match = /^https?:\/\/([^/]+)$/i.exec(origin);
  return match?.[1] !== undefined && match[1].toLowerCase() === (hostHeader ?? "").toLowerCase();
}

function hostName(header: string): string | undefined {
  const match = /^(\[[0-9a-f:.]+\]|[^:\s/@]+)(?::\d{1,5})?$/i.exec(header);
  return match?.[1]?.toLowerCase();
}
