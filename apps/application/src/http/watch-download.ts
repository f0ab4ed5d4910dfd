import type { Readable } from "node:stream";
import type { AppContext } from "@leasehold/tenancy/context";
import type { TenancyKit } from "@leasehold/tenancy/create-kit";
import { contextLogger, type Logger } from "@leasehold/tenancy/logger";
import { admitAgain } from "@leasehold/tenancy/resolve-context";

/** In milliseconds. */
export interface DownloadTimes {
  /** Whether it is still allowed is asked so often. */
  lookEvery: number;
  /** By a token, which says for a minute what its person may. */
  longestByToken: number;
}

export const downloadTimes: DownloadTimes = { lookEvery: 15_000, longestByToken: 300_000 };

/** What is downloaded, by whom, and as what it is logged. */
interface Download {
  app: AppContext;
  authorization: string | undefined;
  operation: string;
  /** Whoever handed the token out asks about its person as it goes. */
  watchedByIssuer?: boolean;
}

/**
 * Ends a download whose reader takes it slowly once it is not allowed any more: its tenant does not let anybody in, its API key was revoked
 * or has ended, or its token was let in too long ago. However little is read, the connection is cut.
 */
export function watchDownload(kit: TenancyKit, logger: Logger, stream: Readable, download: Download, times = downloadTimes): Readable {
  const { app, authorization, operation, watchedByIssuer = false } = download;
  const end = (cause?: unknown) => {
    if (stream.closed) return;
    contextLogger(logger, app, operation).info({ err: cause }, "a download was ended: it is not allowed any more");
    stream.destroy(new DownloadEnded(cause));
  };
  const bound = app.actor.type !== "api-key" && !watchedByIssuer;
  const last = bound ? setTimeout(end, times.longestByToken) : undefined;
  const looking = setInterval(() => admitAgain(kit, app, authorization).catch(end), times.lookEvery);
  last?.unref();
  looking.unref();
  stream.once("close", () => {
    clearTimeout(last);
    clearInterval(looking);
  });
  return stream;
}

/** A download that is not allowed any more; it has been logged. */
export class DownloadEnded extends Error {
  constructor(cause?: unknown) {
    super("the download is not allowed any more", { cause });
  }
}
