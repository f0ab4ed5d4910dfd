import type { FolderLine } from "@leasehold/archive/format";
import { listApiKeys } from "@leasehold/db/application/api-keys/find-api-key";
import { readChain } from "@leasehold/db/application/audit/read-chain";
import { listExportedFolders } from "@leasehold/db/application/exports/list-exported";
import { readUsage } from "@leasehold/db/application/usage/read-usage";
import { detailsLost, openAuditDetails } from "@leasehold/tenancy/audit/sealed-details";
import type { AppContext } from "@leasehold/tenancy/context";
import type { TenancyKit } from "@leasehold/tenancy/create-kit";
import { openApiKeys } from "../api-keys/api-key-view.ts";
import { sealedOf } from "../audit/router.ts";
import { openFolders } from "../documents/document-cells.ts";
import { ndjson } from "./write-part.ts";

export const rowSources = ["folders", "api_keys", "audit", "usage"] as const;
export type RowSource = (typeof rowSources)[number];

export interface RowsPage {
  lines: string[];
  /** What the next page begins after; undefined when there is none. */
  after: string | undefined;
}

const pageRows = 500;
type Source = (kit: TenancyKit, app: AppContext, after: string) => Promise<RowsPage>;

/** What the application plane keeps of a tenant beside its documents, a page at a time. */
export const exportRows: Record<RowSource, Source> = {
  async folders(kit, app, after) {
    const rows = await kit.data.query(app, "read", (tx) => listExportedFolders(tx, app.tenantId, { after, limit: pageRows }));
    const names = await openFolders(kit.keys, app, rows);
    const lines = rows.map(({ folderId, parentId, createdAt, createdBy }, index): FolderLine => {
      const { name = "", nameLost } = names[index] ?? {};
      return { folderId, parentId, name, ...(nameLost ? { nameLost } : {}), createdAt: createdAt.toISOString(), createdBy };
    });
    return { lines: ndjson(lines), after: nextAfter(rows, rows.at(-1)?.folderId) };
  },

  /** Without secrets: of those only digests are kept. */
  async api_keys(kit, app) {
    const rows = await kit.data.query(app, "read", (tx) => listApiKeys(tx, app.tenantId));
    const keys = (await openApiKeys(kit.keys, app, rows)).map(({ nameLost, ...key }) => ({ ...key, ...(nameLost ? { nameLost } : {}) }));
    return { lines: ndjson(keys), after: undefined };
  },

  /** The plane's chain in its order with details in the clear, as docs/audit.md has it, and its end. `after` is the last place and its link. */
  async audit(kit, app, after) {
    const [seq = "0", link = ""] = after.split(" ");
    const rows = await kit.data.query(app, "read", (tx) => readChain(tx, app.tenantId, Number(seq), pageRows));
    const sealed = rows.map(({ entry, sealedDetails }) => ({ auditId: entry.auditId, sealedDetails }));
    const opened = await openAuditDetails(kit.keys, app, sealed);
    const entries = rows.map(({ entry }, index) => {
      const lost = opened[index] === detailsLost ? { sealedLost: true } : {};
      return { type: "entry", ...entry, ...sealedOf(opened[index]), ...lost };
    });
    const last = rows.at(-1)?.entry;
    const end = { plane: "application", tenantId: app.tenantId, seq: last?.seq ?? Number(seq), link: last?.link ?? link };
    const more = rows.length === pageRows;
    return { lines: ndjson(more ? entries : [...entries, { type: "end", ...end }]), after: more ? `${end.seq} ${end.link}` : undefined };
  },

  async usage(kit, app) {
    const [{ documents, storedBytes, limits }, requests] = await Promise.all([
      kit.data.query(app, "read", (tx) => readUsage(tx, app.tenantId)),
      kit.limits.readUse(app),
    ]);
    const rows: [string, number, number][] = [
      ["documents", documents, limits.documents],
      ["stored-bytes", storedBytes, limits.storageBytes],
      ["requests-today", requests.requestsToday, requests.requestsPerDay],
    ];
    const at = new Date().toISOString();
    const lines = rows.map(([metric, quantity, limit]) => `${metric},${quantity},${limit},${at}\r\n`);
    return { lines: ["metric,quantity,limit,at\r\n", ...lines], after: undefined };
  },
};

function nextAfter(rows: readonly unknown[], last: string | undefined): string | undefined {
  return rows.length === pageRows ? last : undefined;
}
