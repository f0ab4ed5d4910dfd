import { type ArchiveRequest, forwardArchive } from "../../../../../server/exports/forward-archive.ts";

export const dynamic = "force-dynamic";

export async function GET(request: Request, { params }: { params: Promise<ArchiveRequest> }): Promise<Response> {
  return forwardArchive(request, await params);
}
