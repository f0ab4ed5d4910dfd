import { describeUsers } from "@leasehold/db/control/identity/describe-users";
import { noteExportUse } from "@leasehold/db/control/offboarding/exports/note-download";
import { findExport, listExports } from "@leasehold/db/control/offboarding/exports/read-export";
import { requestExport } from "@leasehold/db/control/offboarding/exports/request-export";
import { DomainError } from "@leasehold/domain/errors";
import { exportFailures } from "@leasehold/domain/offboarding/exports";
import { idSchema } from "@leasehold/tenancy/rest/id-schema";
import { z } from "zod";
import { makeExportLink } from "../exports/export-link.ts";
import { sealMembers, sealReadyMail } from "../exports/seal-request.ts";
import { router, tenantProcedure } from "../trpc.ts";

/** Also while the workspace is being closed, or suspended so that its owners read it: what is in it can be taken out up to the last instant. */
const exporting = tenantProcedure("tenant:export", { changesIn: ["ACTIVE", "CLOSING", "SUSPENDED"] });
const exportId = idSchema("export", "an export");

/** Everything of a workspace as one file, for its owners. */
export const exportsRouter = router({
  list: exporting.query(async ({ ctx }) => {
    const exports = await listExports(ctx.services.control, ctx.tenant.tenantId);
    const userIdOf = (actor: string) => (actor.startsWith("user:") ? actor.slice("user:".length) : "");
    const people = await describeUsers(
      ctx.services.identity,
      exports.map(({ requestedBy }) => userIdOf(requestedBy)).filter((id) => id !== ""),
    );
    return exports.map(({ requestedBy, indexName: _, failureCode, ...each }) => ({
      ...each,
      requestedBy: requestedBy.startsWith("user:")
        ? (people.get(userIdOf(requestedBy))?.name ?? "A former member")
        : "Closing of the workspace",
      failure: failureCode === null ? null : (exportFailures[failureCode] ?? exportFailures.failed ?? ""),
    }));
  }),

  request: exporting.input(z.object({ idempotencyKey: z.string().min(16).max(100) })).mutation(async ({ ctx, input }) => {
    const { services, workspace, signedIn } = ctx;
    const [people, mail] = await Promise.all([sealMembers(services, workspace), sealReadyMail(services, workspace, signedIn.email)]);
    return requestExport(services.control, ctx.tenant, { idempotencyKey: input.idempotencyKey, people, mail });
  }),

  /** A link to the file, good for a quarter of an hour, for whoever asks and in this session alone. */
  link: exporting.input(z.object({ exportId })).mutation(async ({ ctx, input }) => {
    const { services, workspace, signedIn } = ctx;
    const found = await findExport(services.control, workspace.tenantId, input.exportId);
    if (found === undefined) throw new DomainError("NOT_FOUND", "There is no such export.", { reason: "export-unknown" });
    if (found.state !== "READY") {
      throw new DomainError("PRECONDITION_FAILED", "The export is not ready, or not kept any more.", { reason: "export-not-ready" });
    }
    const holder = { tenantId: workspace.tenantId, exportId: found.exportId, userId: signedIn.userId, sessionToken: signedIn.sessionToken };
    const { link, expiresAt } = makeExportLink(services.env.PORTAL_HMAC_SECRET, holder);
    await noteExportUse(services.control, ctx.tenant, found.exportId, "link-made");
    return { url: `/api/exports/${encodeURIComponent(workspace.slug)}/${found.exportId}?link=${link}`, expiresAt };
  }),
});
