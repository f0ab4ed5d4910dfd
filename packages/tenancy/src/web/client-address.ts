import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";

/** Where the procedures find the caller's address. Whatever a caller sends under this name is overwritten. */
export const clientAddressHeader = "x-client-address";

/**
 * The caller's network address: the socket's, or with trusted proxies in front the entry of X-Forwarded-For that the
 * outermost of them appended. Entries further left are the caller's own claims. A request that came past the proxies
 * counts by its socket.
 */
export function clientAddress(socketAddress: string, forwardedFor: string | undefined, trustedProxies: number): string {
  const claimed = forwardedFor?.split(",").map((entry) => entry.trim()) ?? [];
  return (trustedProxies > 0 ? claimed.at(-trustedProxies) : undefined) || socketAddress;
}

/** Before anything else sees a request of this process, its headers say whose it is. The framework shows no sockets. */
export function markClientAddresses(trustedProxies: () => number): void {
  subscribe("http.server.request.start", (message) => {
    const { headers, socket } = (message as { request: IncomingMessage }).request;
    const forwarded = headers["x-forwarded-for"];
    headers[clientAddressHeader] = clientAddress(socket.remoteAddress ?? "unknown", forwarded?.toString(), trustedProxies());
  });
}
