import { answerExport } from "../../../../server/audit/answer-export.ts";

export const dynamic = "force-dynamic";

export async function GET(request: Request, { params }: { params: Promise<{ slug: string }> }): Promise<Response> {
  return answerExport(request, (await params).slug);
}
