"use client";

import type { OperationState, StepState } from "@leasehold/domain/operations";
import type { inferRouterOutputs } from "@trpc/server";
import { useSubscription } from "@trpc/tanstack-react-query";
import { useMemo, useRef, useState } from "react";
import { closedOnboardingStates } from "../../lib/onboarding-states.ts";
import type { PortalRouter } from "../../server/routers/root.ts";
import { useTRPC } from "../../trpc/client.tsx";

export type Progress = NonNullable<inferRouterOutputs<PortalRouter>["onboarding"]["current"]["progress"]>;
type Step = Progress["steps"][number];

interface Event {
  seq: number;
  kind: "step" | "operation";
  step: string | null;
  state: StepState | OperationState;
  attempt: number | null;
  at: Date;
  stepStartedAt: Date | null;
  stepFinishedAt: Date | null;
}

/** Where the onboarding is: what the page was loaded with, and every event since, by its number. */
export function useFollowEvents(slug: string | undefined, loaded: Progress | null): Progress | null {
  const [events, setEvents] = useState<readonly Event[]>([]);
  const from = useRef<{ operationId: string; seq: number }>(undefined);
  if (loaded && from.current?.operationId !== loaded.operationId) from.current = { operationId: loaded.operationId, seq: loaded.lastSeq };
  const over = loaded !== null && closedOnboardingStates.has(loaded.state);
  useSubscription(
    useTRPC().onboarding.events.subscriptionOptions(
      { ...(slug ? { slug } : {}), lastEventId: String(from.current?.seq ?? 0) },
      {
        enabled: loaded !== null && !over,
        onData: ({ data }) => setEvents((known) => (known.some((event) => event.seq === data.seq) ? known : [...known, data])),
      },
    ),
  );
  return useMemo(() => loaded && events.reduce(apply, loaded), [loaded, events]);
}

function apply(progress: Progress, event: Event): Progress {
  if (event.seq <= progress.lastSeq) return progress;
  const next = { ...progress, lastSeq: event.seq };
  if (event.kind === "operation" || event.step === null) {
    const state = event.state as OperationState;
    return { ...next, state, finishedAt: closedOnboardingStates.has(state) ? event.at : next.finishedAt };
  }
  const known = next.steps.find((step) => step.step === event.step);
  const step = applyToStep(known ?? { step: event.step, state: "PENDING", attempt: 0, startedAt: null, finishedAt: null }, event);
  return { ...next, steps: known ? next.steps.map((old) => (old === known ? step : old)) : [...next.steps, step] };
}

function applyToStep(step: Step, event: Event): Step {
  const state = event.state as StepState;
  const active = state === "RUNNING" || state === "RETRYING" || state === "UNDOING";
  return {
    ...step,
    state,
    attempt: event.attempt ?? step.attempt,
    startedAt: event.stepStartedAt ?? step.startedAt,
    finishedAt: active || state === "PENDING" ? null : (event.stepFinishedAt ?? event.at),
  };
}
