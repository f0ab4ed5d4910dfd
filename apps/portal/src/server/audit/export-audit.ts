import type { AuditEntry } from "@leasehold/db/audit/audit-entry";
import type { AuditPlane } from "@leasehold/db/audit/chain";
import { type ExportFormat, type ExportLine, exportHeader, writeLine } from "@leasehold/db/audit/export-format";
import { listAnchors, readChain } from "@leasehold/db/control/audit/read-chain";
import type { Workspace } from "@leasehold/db/control/members/list-members";
import { applicationClient, callApplication } from "../application/client.ts";
import type { Services } from "../services.ts";

const pageRows = 500;
const anchorsShown = 1_000;

interface Asking {
  services: Services;
  workspace: Workspace;
  userId: string;
  requestId: string;
}

/** The whole log of one workspace, both planes' chains in their order, their anchors and ends, as bytes of a file. Read page by page. */
export async function* exportAudit(asking: Asking, format: ExportFormat): AsyncGenerator<Uint8Array> {
  const { services, workspace } = asking;
  const encoder = new TextEncoder();
  yield encoder.encode(exportHeader(format));
  for await (const lines of exportLines(asking)) yield encoder.encode(lines.map((line) => writeLine(format, line)).join(""));

  async function* exportLines({ userId, requestId }: Asking): AsyncGenerator<ExportLine[]> {
    const client = applicationClient(services, workspace, userId, requestId);
    yield* exportChain("control", (after) => readChain(services.control, workspace.tenantId, after, pageRows));
    yield* exportChain("application", (after) => callApplication(client.audit.chain.query({ after, limit: pageRows })));
    const anchors = await listAnchors(services.control, workspace.tenantId, anchorsShown);
    yield anchors.map(({ anchoredAt, ...anchor }) => ({ type: "anchor", ...anchor, anchoredAt: anchoredAt.toISOString() }));
  }

  async function* exportChain(plane: AuditPlane, read: (after: number) => Promise<AuditEntry[]>): AsyncGenerator<ExportLine[]> {
    let end = { plane, tenantId: workspace.tenantId as string, seq: 0, link: "" };
    for (let full = true; full; ) {
      const entries = await read(end.seq);
      yield entries.map((entry) => ({ type: "entry", ...entry }));
      const last = entries.at(-1);
      if (last !== undefined) end = { ...end, seq: last.seq ?? 0, link: last.link ?? "" };
      full = entries.length === pageRows;
    }
    yield [{ type: "end", ...end }];
  }
}
