import type { AuditEntry, AuditHead } from "./audit-entry.ts";

export const exportFormats = ["ndjson", "csv"] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** A line of an export: a row of the log, an anchor of its chain, and at the very end what was exported. docs/audit.md describes it. */
export type ExportLine =
  | ({ type: "entry" } & AuditEntry)
  | ({ type: "anchor"; anchoredAt: string; objectKey: string } & AuditHead)
  | ({ type: "end" } & AuditHead);

const columns = [
  "type",
  "plane",
  "tenantId",
  "seq",
  "auditId",
  "createdAt",
  "actor",
  "action",
  "target",
  "requestId",
  "operationId",
  "details",
  "salt",
  "detailsCommitment",
  "sealedDetails",
  "sealedSalt",
  "sealedCommitment",
  "commitment",
  "link",
  "sealedAt",
  "erasedAt",
  "anchoredAt",
  "objectKey",
] as const;

/** What a file of the format begins with. */
export function exportHeader(format: ExportFormat): string {
  return format === "csv" ? `${columns.join(",")}\r\n` : "";
}

/** One line of the file, with its end. A cell of CSV that a spreadsheet would take for a formula begins with an apostrophe. */
export function writeLine(format: ExportFormat, line: ExportLine): string {
  if (format === "ndjson") return `${JSON.stringify(line)}\n`;
  const values = line as unknown as Record<string, unknown>;
  return `${columns.map((column) => writeCell(values[column])).join(",")}\r\n`;
}

/** Reads a whole export in either format. Throws with the number of the line that is not one. */
export function readExport(text: string): ExportLine[] {
  if (text.startsWith("type,")) return readCsv(text);
  return text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line, index) => {
      try {
        return JSON.parse(line) as ExportLine;
      } catch (cause) {
        throw new Error(`line ${index + 1} is not JSON`, { cause });
      }
    });
}

const formula = /^['=+\-@\t\r]/;

/** Nothing and an empty text are told apart: the second is quoted. */
function writeCell(value: unknown): string {
  if (value === null || value === undefined) return "";
  const text = String(value);
  const guarded = formula.test(text) ? `'${text}` : text;
  return guarded === "" || /[",\r\n]/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
}

function readCsv(text: string): ExportLine[] {
  const [header = [], ...rows] = splitCsv(text);
  return rows.map((cells) => {
    const values = Object.fromEntries(header.map((column, index) => [column, readCell(cells[index] ?? null)]));
    return { ...values, seq: values.seq === null ? null : Number(values.seq) } as unknown as ExportLine;
  });
}

function readCell(text: string | null): string | null {
  return text?.startsWith("'") ? text.slice(1) : text;
}

function splitCsv(text: string): (string | null)[][] {
  const rows: (string | null)[][] = [];
  let row: (string | null)[] = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|\n|$)/gy;
  for (let match = cell.exec(text); match !== null; match = cell.exec(text)) {
    const [whole, quoted, bare, end] = match;
    if (whole === "" && row.length === 0) break;
    row.push(quoted === undefined ? (bare === "" ? null : (bare ?? null)) : quoted.replaceAll('""', '"'));
    if (end === ",") continue;
    rows.push(row);
    row = [];
    if (end === "") break;
  }
  return rows;
}
