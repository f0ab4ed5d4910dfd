import "server-only";
import { env } from "../../env.ts";
import { controlPool } from "../database.ts";
import { operatorOf } from "../identity/auth.ts";
import { logger } from "../logger.ts";
import type { DecodeNeeds, DecodeSettings } from "./answer-decode.ts";
import { createRequestBudget } from "./request-budget.ts";

const budget = createRequestBudget();

export function decodeSettings(): DecodeSettings {
  const { CONSOLE_URL, TEMPORAL_UI_URL, PAYLOADS_URL, CONSOLE_TOKEN_PRIVATE_JWK } = env();
  const origins = [CONSOLE_URL, TEMPORAL_UI_URL].map((url) => new URL(url).origin);
  return { origins, payloadsUrl: PAYLOADS_URL, tokenKey: CONSOLE_TOKEN_PRIVATE_JWK };
}

/** What opening payloads takes, from the process's own settings and connections. */
export function decodeNeeds(): DecodeNeeds {
  return { settings: decodeSettings(), pool: controlPool(), operatorOf, budget, logger: logger() };
}
