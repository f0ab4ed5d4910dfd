import type { ExportCursor, ExportPart, RecordedPage } from "@leasehold/db/control/offboarding/exports/record-parts";
import type { ExportDependencies } from "./dependencies.ts";
import { askForExport, type ExportCaller } from "./export-place.ts";
import { type BroughtSource, broughtSources } from "./export-sources.ts";

/** What an export is built of, in order. Folders come after the documents, so that every document's folder is among them. */
const sources = [
  "begin",
  "documents",
  "folders",
  "api_keys",
  "usage",
  "control_audit",
  "audit",
  "anchors",
  "members",
  "invitations",
  "settings",
  "layout",
  "finish",
] as const;
type Source = (typeof sources)[number];

/** Where every export begins. */
export const firstCursor: ExportCursor = { source: "begin", number: 0, after: "" };

/** Characters of one call: with every one of them written out, less than the application plane takes. */
const textOfCall = 30_000;

interface Built extends Omit<RecordedPage, "next" | "parts"> {
  parts: (ExportPart & { keyVersion: number })[];
  after: string | undefined;
}

/** Builds the page at a cursor; nothing is recorded yet. Not for "finish". */
export async function buildPage(needs: ExportDependencies, caller: ExportCaller, cursor: ExportCursor): Promise<RecordedPage> {
  const { parts, after, ...counts } = await buildFrom(needs, caller, cursor);
  const versions = parts.map(({ keyVersion }) => keyVersion);
  return {
    ...counts,
    parts: parts.map(({ section, number, name, bytes }) => ({ section, number, name, bytes })),
    next: after === undefined ? following(cursor, parts) : { source: cursor.source, number: numberAfter(cursor, parts), after },
    ...(versions.length > 0 ? { keyVersion: Math.min(...versions) } : {}),
  };
}

async function buildFrom(needs: ExportDependencies, caller: ExportCaller, { source, number, after }: ExportCursor): Promise<Built> {
  const { exportId } = caller;
  switch (source as Source) {
    case "begin": {
      const { documents, bytes } = await askForExport(needs, caller, ({ exports }, options) => exports.begin.mutate({ exportId }, options));
      return { parts: [], after: undefined, documentsExpected: documents, bytesExpected: bytes };
    }
    case "documents": {
      const { bytes, ...page } = await askForExport(needs, caller, ({ exports }, options) =>
        exports.documents.mutate({ exportId, number, after }, options),
      );
      return { ...page, documentBytes: bytes };
    }
    case "folders":
    case "api_keys":
    case "usage":
    case "audit": {
      const rows = { exportId, source: source as "folders" | "api_keys" | "usage" | "audit", number, after };
      return askForExport(needs, caller, ({ exports }, options) => exports.rows.mutate(rows, options));
    }
    default:
      return bring(needs, caller, source as BroughtSource, { number, after });
  }
}

async function bring(
  needs: ExportDependencies,
  caller: ExportCaller,
  source: BroughtSource,
  { number, after }: { number: number; after: string },
): Promise<Built> {
  const { section, read } = broughtSources[source];
  const page = await read(needs, caller, after, caller.signal);
  const parts: Built["parts"] = [];
  for (const text of cutText(page.text, textOfCall)) {
    const piece = { exportId: caller.exportId, section: section as "audit", number: number + parts.length, text };
    const written = await askForExport(needs, caller, ({ exports }, options) => exports.append.mutate(piece, options));
    parts.push(...written.parts);
  }
  return { parts, after: page.after };
}

/** Pieces of at most so many characters, none of which ends within one. */
export function* cutText(text: string, size: number): Generator<string> {
  for (let at = 0; at < text.length; ) {
    let end = Math.min(at + size, text.length);
    if (end < text.length && /[\ud800-\udbff]/.test(text.charAt(end - 1))) end -= 1;
    yield text.slice(at, end);
    at = end;
  }
}

/** The parts of one section are numbered through, whichever source they are from. */
function numberAfter({ number, source }: ExportCursor, parts: readonly ExportPart[]): number {
  return source === "documents" ? number + 1 : number + parts.length;
}

function following(cursor: ExportCursor, parts: readonly ExportPart[]): ExportCursor {
  const next = sources[sources.indexOf(cursor.source as Source) + 1] ?? "finish";
  const same = sectionOf(next) === sectionOf(cursor.source as Source);
  return { source: next, number: same ? numberAfter(cursor, parts) : 0, after: "" };
}

function sectionOf(source: Source): string {
  return source in broughtSources ? broughtSources[source as BroughtSource].section : source;
}
