import { listAnchors, readChain } from "@leasehold/db/control/audit/read-chain";
import {
  listExportedInvitations,
  listExportedMembers,
  readExportedSettings,
} from "@leasehold/db/control/offboarding/exports/read-export-sources";
import { listParts } from "@leasehold/db/control/offboarding/exports/record-parts";
import type { ExportRef } from "@leasehold/domain/offboarding/exports";
import { awaitPeople } from "./await-people.ts";
import type { ExportDependencies } from "./dependencies.ts";

export interface BroughtPage {
  text: string;
  /** What the next page begins after; undefined when there is none. */
  after: string | undefined;
}

const pageRows = 200;
const anchorsShown = 1_000;
type Source = (needs: ExportDependencies, ref: ExportRef, after: string, signal: AbortSignal) => Promise<BroughtPage>;

/** What the worker reads of a tenant in the control plane, a page at a time, each for a section of the export. */
export const broughtSources = {
  control_audit: {
    section: "audit",
    async read({ control }, { tenantId }, after) {
      const [seq = "0", link = ""] = after.split(" ");
      const entries = await readChain(control, tenantId, Number(seq), pageRows);
      const last = entries.at(-1);
      const end = { plane: "control", tenantId, seq: last?.seq ?? Number(seq), link: last?.link ?? link };
      const more = entries.length === pageRows;
      const lines = entries.map((entry) => ({ type: "entry", ...entry }));
      return { text: ndjson(more ? lines : [...lines, { type: "end", ...end }]), after: more ? `${end.seq} ${end.link}` : undefined };
    },
  },
  anchors: {
    section: "audit",
    async read({ control }, { tenantId }) {
      const anchors = await listAnchors(control, tenantId, anchorsShown);
      return {
        text: ndjson(anchors.map((anchor) => ({ type: "anchor", ...anchor, anchoredAt: anchor.anchoredAt.toISOString() }))),
        after: undefined,
      };
    },
  },
  members: {
    section: "members",
    async read(needs, ref, after, signal) {
      const people = await awaitPeople(needs, ref, signal);
      const rows = await listExportedMembers(needs.control, ref.tenantId, after, pageRows);
      const lines = rows.map((row) => ({
        ...row,
        name: people.get(row.userId)?.name ?? null,
        email: people.get(row.userId)?.email ?? null,
      }));
      return { text: ndjson(lines), after: nextAfter(rows, rows.at(-1)?.userId) };
    },
  },
  invitations: {
    section: "invitations",
    async read({ control }, { tenantId }, after) {
      const rows = await listExportedInvitations(control, tenantId, after, pageRows);
      return { text: ndjson(rows), after: nextAfter(rows, rows.at(-1)?.invitationId) };
    },
  },
  settings: {
    section: "settings",
    async read({ control }, { tenantId }) {
      return { text: `${JSON.stringify(await readExportedSettings(control, tenantId), null, 2)}\n`, after: undefined };
    },
  },
  /** Which parts there are, for whoever puts them in order. */
  layout: {
    section: "layout",
    async read({ control }, ref, after) {
      const [section = "", number = "-1"] = after.split(" ");
      const parts = await listParts(control, ref, { section, number: Number(number) }, pageRows);
      const last = parts.at(-1);
      return { text: ndjson(parts), after: nextAfter(parts, last && `${last.section} ${last.number}`) };
    },
  },
} satisfies Record<string, { section: string; read: Source }>;

export type BroughtSource = keyof typeof broughtSources;

const ndjson = (values: readonly unknown[]): string => values.map((value) => `${JSON.stringify(value)}\n`).join("");

function nextAfter(rows: readonly unknown[], last: string | undefined): string | undefined {
  return rows.length === pageRows ? last : undefined;
}
