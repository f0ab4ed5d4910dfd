import { readUsage } from "@leasehold/db/application/usage/read-usage";
import { idSchema } from "@leasehold/tenancy/rest/id-schema";
import { z } from "zod";
import { exportProcedure, router } from "../trpc/init.ts";
import { exportDocuments } from "./export-documents.ts";
import { exportRows, rowSources } from "./export-rows.ts";
import { finishExport } from "./finish-export.ts";
import { textOf, type WrittenPart, writePart } from "./write-part.ts";

const exportId = idSchema("export", "an export");
const number = z.number().int().min(0);
const after = z.string().max(200);
const part = z.object({ name: z.string().max(120), bytes: number });
const instant = z.iso.datetime();

/** Sections whose lines the worker brings: what the control plane keeps, and which parts it has recorded. */
const broughtSections = ["settings", "members", "invitations", "audit", "layout"] as const;

/** What an export is built of, page by page: the worker asks, and sees of the tenant's data nothing but ids, counts and sizes. */
export const exportsRouter = router({
  /** What to expect. */
  begin: exportProcedure.input(z.object({ exportId })).mutation(async ({ ctx: { kit, app } }) => {
    const { documents, storedBytes } = await kit.data.query(app, "read", (tx) => readUsage(tx, app.tenantId));
    return { documents, bytes: storedBytes };
  }),

  documents: exportProcedure
    .input(z.object({ exportId, number, after }))
    .mutation(({ ctx: { kit, app, log }, input }) => exportDocuments(kit, app, log, input)),

  rows: exportProcedure
    .input(z.object({ exportId, source: z.enum(rowSources), number, after }))
    .mutation(async ({ ctx: { kit, app }, input }): Promise<{ parts: WrittenPart[]; after: string | undefined }> => {
      const page = await exportRows[input.source](kit, app, input.after);
      const place = { exportId: input.exportId, section: input.source, number: input.number };
      return { parts: [await writePart(kit, app, place, textOf(page.lines))], after: page.after };
    }),

  /** Lines that the worker has read, encrypted under the tenant's key from here on. */
  append: exportProcedure.input(z.object({ exportId, section: z.enum(broughtSections), number, text: z.string().max(240_000) })).mutation(
    async ({ ctx: { kit, app }, input: { text, ...place } }): Promise<{ parts: WrittenPart[] }> => ({
      parts: [await writePart(kit, app, place, textOf([text]))],
    }),
  ),

  finish: exportProcedure
    .input(
      z.object({
        exportId,
        layout: z.array(part).max(1_000),
        about: z.object({
          operationId: z.string().nullable(),
          requestedAt: instant,
          startedAt: instant,
          consistency: z.enum(["snapshot", "per-row"]),
          missing: z.array(z.string().max(60)).max(10).default([]),
        }),
      }),
    )
    .mutation(({ ctx: { kit, app }, input }) => finishExport(kit, app, input)),
});
