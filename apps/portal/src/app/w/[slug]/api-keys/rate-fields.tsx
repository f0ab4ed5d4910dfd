"use client";

import { type ApiKeyRate, apiKeyBounds, burstOf, mostOfKey } from "@leasehold/domain/api-keys";
import { ratesOf } from "@leasehold/domain/plans";
import { Field } from "@leasehold/ui/components/field";
import { Input } from "@leasehold/ui/components/ui/input";
import { fieldError } from "../../../../lib/errors.ts";

export const rateFields = ["rate.requestsPerSecond", "rate.burst", "rate.requestsPerDay"] as const;

/** What a plan gives each key. The server knows what the workspace itself may have more. */
export const mostOfPlan = (plan: string): Required<ApiKeyRate> => mostOfKey(ratesOf(plan));

/** A rate of the key's own: nothing in every field is the plan's, and in one of them what goes with the others. */
export function readRate(form: FormData, plan: string): ApiKeyRate | null {
  const [perSecond, burst, perDay] = ["requestsPerSecond", "burst", "requestsPerDay"].map((name) => String(form.get(name) ?? "").trim());
  if (!perSecond && !burst && !perDay) return null;
  const requestsPerSecond = perSecond ? Number(perSecond) : mostOfPlan(plan).requestsPerSecond;
  const rate = { requestsPerSecond, burst: burst ? Number(burst) : burstOf(requestsPerSecond) };
  return perDay ? { ...rate, requestsPerDay: Number(perDay) } : rate;
}

export function RateFields({ plan, rate, error }: { plan: string; rate?: ApiKeyRate | null; error: unknown }) {
  const most = mostOfPlan(plan);
  return (
    <div className="grid grid-cols-1 gap-4 sm:grid-cols-2">
      <Field
        label="Requests per second"
        optional
        description={`Your plan's, ${most.requestsPerSecond}, without one.`}
        error={fieldError(error, "rate.requestsPerSecond")}
      >
        <Input
          name="requestsPerSecond"
          type="number"
          inputMode="decimal"
          min={apiKeyBounds.leastPerSecond}
          step="any"
          defaultValue={rate?.requestsPerSecond}
          placeholder={String(most.requestsPerSecond)}
        />
      </Field>
      <Field
        label="At once, after a pause"
        optional
        description={`${most.burst} without one of its own.`}
        error={fieldError(error, "rate.burst")}
      >
        <Input name="burst" type="number" inputMode="numeric" min={1} defaultValue={rate?.burst} placeholder={String(most.burst)} />
      </Field>
      <Field
        label="Requests per day"
        optional
        description="The workspace’s alone, without one of its own. Days are in UTC."
        error={fieldError(error, "rate.requestsPerDay")}
      >
        <Input name="requestsPerDay" type="number" inputMode="numeric" min={1} defaultValue={rate?.requestsPerDay} />
      </Field>
    </div>
  );
}
