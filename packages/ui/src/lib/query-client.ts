import { QueryCache, QueryClient } from "@tanstack/react-query";
import superjson from "superjson";

/**
 * One for every browser tab, and one for every request on the server. Errors of the caller are not tried again; when the
 * session has ended meanwhile, perhaps in another tab, the page goes to the sign-in and comes back.
 */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({ onError: signInAgain }),
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        retry: (failures, error) => failures < 2 && !isRefused(error),
      },
      // What is still being read is left out: a layout would hand on its page's query without data, and the page, rendered with data,
      // would not be what the browser makes of it.
      dehydrate: { serializeData: superjson.serialize },
      hydrate: { deserializeData: superjson.deserialize },
    },
  });
}

const statusOf = (error: unknown) => (error as { data?: { httpStatus?: number } } | null)?.data?.httpStatus ?? 0;

function isRefused(error: unknown): boolean {
  const status = statusOf(error);
  return status >= 400 && status < 500;
}

function signInAgain(error: unknown): void {
  if (typeof window === "undefined" || statusOf(error) !== 401 || location.pathname === "/sign-in") return;
  location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
}
