import type { IncomingMessage, ServerResponse } from "node:http";
import type { Logger } from "@leasehold/tenancy/logger";
import { verifyDecodeToken } from "@leasehold/tenancy/payloads/codec-server/decode-token";
import { maxDecodeBytes, readWire, writeWire } from "@leasehold/tenancy/payloads/codec-server/wire";
import type { PayloadKeys } from "@leasehold/tenancy/payloads/payload-keys";
import { readPayloads } from "@leasehold/tenancy/payloads/read-payloads";
import type { JWK } from "jose";

export interface DecodeNeeds {
  keys: PayloadKeys;
  /** Without it nobody is answered. */
  consoleKey: JWK | undefined;
  logger: Logger;
}

export const decodePath = "/payloads/decode";
const atOnce = 8;
const bodyMs = 5_000;

/**
 * Opens payloads for the console, which has said who asks and has written it down. Only with the console's token for these very bytes;
 * anything else is told nothing.
 */
export function createDecodeHandler({
  keys,
  consoleKey,
  logger,
}: DecodeNeeds): (request: IncomingMessage, response: ServerResponse) => void {
  let underWay = 0;

  async function answer(request: IncomingMessage): Promise<{ status: number; body: string }> {
    if (consoleKey === undefined) return refusal(404, "There is no such page.");
    if (request.method !== "POST") return refusal(405, "Ask with POST.");
    const body = await readBody(request);
    if (body === undefined) return refusal(413, "This is more than is opened at once.");
    const operatorId = await verifyDecodeToken(consoleKey, request.headers.authorization, body);
    if (operatorId === undefined) return refusal(401, "Only the console is answered.");
    const payloads = readWire(body);
    if (payloads === undefined) return refusal(400, "This is not a list of payloads.");
    const opened = await readPayloads(keys, payloads);
    logger.info({ actor: `operator:${operatorId}`, payloads: payloads.length }, "payloads opened for the console");
    return { status: 200, body: writeWire(opened) };
  }

  return (request, response) => {
    const end = ({ status, body }: { status: number; body: string }) => {
      response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store", connection: "close" });
      response.end(body);
    };
    if (underWay >= atOnce) return end(refusal(503, "Too many are asked for at once."));
    underWay += 1;
    void answer(request)
      .catch((err: unknown) => {
        logger.warn({ err }, "payloads could not be opened for the console");
        return refusal(503, "They cannot be opened right now.");
      })
      .then(end)
      .finally(() => {
        underWay -= 1;
      });
  };
}

function refusal(status: number, message: string): { status: number; body: string } {
  return { status, body: JSON.stringify({ message }) };
}

/** Undefined when there is too much of it. Throws when it does not come in time. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const late = setTimeout(() => request.destroy(new Error("the body did not come in time")), bodyMs);
  try {
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > maxDecodeBytes) return undefined;
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString("utf8");
  } finally {
    clearTimeout(late);
  }
}
