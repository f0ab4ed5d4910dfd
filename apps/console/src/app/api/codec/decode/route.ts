import { answerDecode, answerPreflight } from "../../../../server/payloads/answer-decode.ts";
import { decodeNeeds, decodeSettings } from "../../../../server/payloads/decode-needs.ts";

export const dynamic = "force-dynamic";

export function POST(request: Request): Promise<Response> {
  return answerDecode(request, decodeNeeds());
}

export function OPTIONS(request: Request): Response {
  return answerPreflight(request, decodeSettings());
}
