import { z } from "zod";
import { applicationClient, callApplication } from "../application/client.ts";
import { router, tenantProcedure } from "../trpc.ts";

const name = z.string().trim().min(1, "Enter a name.").max(200, "Use at most 200 characters.");

function withApplication<S extends "documents:read" | "documents:write">(scope: S) {
  return tenantProcedure(scope).use(({ ctx, next }) =>
    next({ ctx: { ...ctx, application: applicationClient(ctx.services, ctx.workspace, ctx.signedIn.userId, ctx.requestId) } }),
  );
}

const read = withApplication("documents:read");
const write = withApplication("documents:write");

/** The sample product's pages: the portal asks, the application plane decides and answers. */
export const documentsRouter = router({
  list: read
    .input(z.object({ folderId: z.string().optional(), cursor: z.string().optional(), search: z.string().max(200).optional() }))
    .query(({ ctx, input: { slug: _, ...input } }) => callApplication(ctx.application.documents.list.query(input))),
  createFolder: write
    .input(z.object({ name, parentId: z.string().optional() }))
    .mutation(({ ctx, input: { slug: _, ...input } }) => callApplication(ctx.application.documents.createFolder.mutate(input))),
  renameFolder: write
    .input(z.object({ folderId: z.string(), name }))
    .mutation(({ ctx, input: { slug: _, ...input } }) => callApplication(ctx.application.documents.renameFolder.mutate(input))),
  deleteFolder: write
    .input(z.object({ folderId: z.string() }))
    .mutation(({ ctx, input: { slug: _, ...input } }) => callApplication(ctx.application.documents.deleteFolder.mutate(input))),
  rename: write
    .input(z.object({ documentId: z.string(), name }))
    .mutation(({ ctx, input: { slug: _, ...input } }) => callApplication(ctx.application.documents.rename.mutate(input))),
  remove: write
    .input(z.object({ documentId: z.string() }))
    .mutation(({ ctx, input: { slug: _, ...input } }) => callApplication(ctx.application.documents.delete.mutate(input))),
});
