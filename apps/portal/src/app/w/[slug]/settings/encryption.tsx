"use client";

import { type KeyClosure, keyClosureLabels } from "@leasehold/domain/keys/custody";
import { keyStepLabels } from "@leasehold/domain/keys/steps";
import { operationStatePresentation } from "@leasehold/domain/operations";
import { CopyId } from "@leasehold/ui/components/copy-id";
import { ErrorState } from "@leasehold/ui/components/error-state";
import { Facts } from "@leasehold/ui/components/facts";
import { RelativeTime } from "@leasehold/ui/components/relative-time";
import { Section } from "@leasehold/ui/components/section";
import { StatusBadge } from "@leasehold/ui/components/status-badge";
import { Button } from "@leasehold/ui/components/ui/button";
import { Skeleton } from "@leasehold/ui/components/ui/skeleton";
import { toast } from "@leasehold/ui/components/ui/sonner";
import { useMutation, useQuery } from "@tanstack/react-query";
import type { inferRouterOutputs } from "@trpc/server";
import { ReasonDialog } from "../../../../components/reason-dialog.tsx";
import { useWorkspace } from "../../../../components/workspace-shell.tsx";
import { messageOf, requestIdOf } from "../../../../lib/errors.ts";
import { may } from "../../../../lib/may.ts";
import type { PortalRouter } from "../../../../server/routers/root.ts";
import { useTRPC } from "../../../../trpc/client.tsx";
import { CustomerKeyCard } from "./customer-key-card.tsx";

export type Encryption = inferRouterOutputs<PortalRouter>["keys"]["get"];

const open = new Set(["REQUESTED", "RUNNING", "NEEDS_ATTENTION", "ROLLING_BACK"]);

/** The keys that the workspace is encrypted under, and what its administrators do with them. */
export function EncryptionSettings({ slug }: { slug: string }) {
  const trpc = useTRPC();
  const workspace = useWorkspace();
  const key = useQuery({
    ...trpc.keys.get.queryOptions({ slug }),
    refetchInterval: ({ state }) => (open.has(state.data?.operation?.state ?? "") ? 1_500 : 15_000),
  });
  const rotate = useMutation(trpc.keys.rotate.mutationOptions());
  if (key.error && !key.data) {
    return <ErrorState title="The keys could not be read" meaning={messageOf(key.error)} requestId={requestIdOf(key.error)} />;
  }
  if (!key.data) return <Skeleton className="h-48 w-full" />;
  const busy = open.has(key.data.operation?.state ?? "") || !may(workspace, "keys:manage");
  return (
    <>
      <Section
        title="Encryption"
        description="Contents are encrypted under a data key of this workspace alone, and the data key is wrapped by a key in KMS."
        actions={
          <ReasonDialog
            trigger={
              <Button variant="secondary" disabled={busy}>
                Rotate data key
              </Button>
            }
            title="Rotate the data key?"
            description="New content goes under a new key at once. Everything else is encrypted anew in the background while you work; the old key is destroyed when nothing is under it any more."
            actionLabel="Rotate data key"
            onDecide={async (decision) => {
              await rotate.mutateAsync({ slug, ...decision });
              toast.success("Rotation requested");
              await key.refetch();
            }}
          />
        }
      >
        <Facts facts={factsOf(key.data)} />
      </Section>
      <CustomerKeyCard slug={slug} encryption={key.data} busy={busy} onChanged={() => void key.refetch()} />
    </>
  );
}

function factsOf({ custody, keyArn, shared, state, closedBy, dataVersion, rotatedAt, operation }: Encryption) {
  return [
    ["Key", custody === "customer" ? "Your organization’s own" : "Managed by Leasehold"],
    [
      "Key ARN",
      keyArn === null ? (
        shared ? (
          "Shared, replaced whenever a workspace is deleted"
        ) : (
          "Being created"
        )
      ) : (
        <CopyId key="arn" value={keyArn} label="key ARN" />
      ),
    ],
    ["State", <KeyState key="state" state={state} closedBy={closedBy} />],
    ["Data key", `Version ${dataVersion}`],
    ["Rotated", rotatedAt === null ? "Not yet" : <RelativeTime key="rotated" value={rotatedAt} />],
    ["Last work on keys", operation === null ? "None" : <Work key="work" operation={operation} />],
  ] as const;
}

function KeyState({ state, closedBy }: { state: Encryption["state"]; closedBy: KeyClosure | null }) {
  if (state === "USABLE") return <StatusBadge tone="success" label="In use" />;
  return <StatusBadge tone="danger" label={`Closed: ${closedBy === null ? "it cannot be used" : keyClosureLabels[closedBy]}`} />;
}

function Work({ operation }: { operation: NonNullable<Encryption["operation"]> }) {
  const { tone, label } = operationStatePresentation[operation.state];
  const step = operation.step as keyof typeof keyStepLabels | null;
  return (
    <span className="flex flex-col gap-1">
      <span className="flex flex-wrap items-center gap-2">
        {operation.action === "rotate" ? "Rotation" : "Change of key"}
        <StatusBadge tone={tone} label={label} live={operation.state === "RUNNING"} />
      </span>
      {step === null ? null : <span className="text-muted-foreground text-sm">{keyStepLabels[step]}</span>}
      {operation.reason === null ? null : <span className="text-danger-text text-sm">{operation.reason}</span>}
    </span>
  );
}
