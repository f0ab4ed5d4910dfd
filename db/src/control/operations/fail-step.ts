import type pg from "pg";
import { callStep, type HeldStep } from "./step-call.ts";

/**
 * Notes why an attempt failed: for good, or to be tried again. The message is for people and holds nothing secret.
 * Throws PRECONDITION_FAILED (`operation-not-running`) without the lease.
 */
export async function failStep(pool: pg.Pool, input: HeldStep & { forGood: boolean; code: string; message: string }): Promise<void> {
  await callStep(pool, "fail_step", [input.tenantId, input.operationId, input.step, input.lease, input.forGood, input.code, input.message]);
}
