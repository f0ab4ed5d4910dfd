import { Readable } from "node:stream";
import { DomainError } from "@leasehold/domain/errors";
import { isId } from "@leasehold/domain/ids";
import type { TenancyKit } from "@leasehold/tenancy/create-kit";
import { contextLogger, type Logger } from "@leasehold/tenancy/logger";
import type { FastifyInstance } from "fastify";
import { createRequestContext } from "../http/request-context.ts";
import { DownloadEnded, watchDownload } from "../http/watch-download.ts";
import { requireScope } from "../trpc/init.ts";
import { readArchiveBytes, readIndex } from "./read-archive-bytes.ts";

type ArchiveRequest = { Params: { exportId: string }; Querystring: { index?: unknown } };

/** An export's archive for its tenant's owners, decrypted as it flows; a download that broke off is taken up again by a range. */
export function addArchiveRoute(server: FastifyInstance, kit: TenancyKit, logger: Logger): void {
  server.get<ArchiveRequest>("/exports/:exportId/archive", async (request, reply) => {
    const app = await createRequestContext(kit, logger, request).resolve();
    requireScope(app, "tenant:export");
    const { exportId } = request.params;
    const name = request.query.index;
    if (!isId("export", exportId) || typeof name !== "string" || !/^index_0_[0-9a-f]{16}$/.test(name)) throw exportUnknown();
    const { index, bytes } = await readIndex(kit, app, exportId, name).catch((error: unknown) => {
      throw error instanceof DomainError && error.reason === "export-unreadable" ? exportUnknown(error) : error;
    });
    const { first, last, partial } = readRange(request.headers.range, bytes);
    reply.header("accept-ranges", "bytes");
    reply.header("etag", `"${exportId}-${name.slice(-16)}"`);
    if (first > last) {
      return reply.code(416).header("content-range", `bytes */${bytes}`).send();
    }
    reply.header("content-type", "application/x-tar");
    reply.header("content-length", last - first + 1);
    reply.header("content-disposition", `attachment; filename="${exportId}.tar"`);
    if (partial) reply.code(206).header("content-range", `bytes ${first}-${last}/${bytes}`);
    const stream = Readable.from(readArchiveBytes(kit, app, { exportId, index, first, last }), { objectMode: false });
    stream.on("error", (err) => {
      if (!(err instanceof DownloadEnded)) contextLogger(logger, app, "exports.download").error({ err }, "a download broke off");
    });
    // The portal alone has such tokens, and asks about the person's session, membership and role as it passes the archive on.
    const download = { app, authorization: request.headers.authorization, operation: "exports.download", watchedByIssuer: true };
    return reply.send(watchDownload(kit, logger, stream, download));
  });
}

function exportUnknown(cause?: unknown): DomainError {
  return new DomainError("NOT_FOUND", "There is no such export, or it has been deleted.", { reason: "export-unknown", cause });
}

/** One range of bytes, as browsers ask for the rest of a download; anything else is answered with the whole. `first > last`: beyond its end. */
function readRange(header: string | undefined, bytes: number): { first: number; last: number; partial: boolean } {
  const match = /^bytes=(\d{1,15})-(\d{0,15})$/.exec(header ?? "");
  if (match === null) return { first: 0, last: bytes - 1, partial: false };
  const first = Number(match[1]);
  const last = match[2] === "" ? bytes - 1 : Math.min(Number(match[2]), bytes - 1);
  return { first, last: first >= bytes ? first - 1 : last, partial: true };
}
