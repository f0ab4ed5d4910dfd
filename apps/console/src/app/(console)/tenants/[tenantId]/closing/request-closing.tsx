"use client";

import { plans } from "@leasehold/domain/plans";
import { Section } from "@leasehold/ui/components/section";
import { Button } from "@leasehold/ui/components/ui/button";
import { Switch } from "@leasehold/ui/components/ui/switch";
import { formatCount } from "@leasehold/ui/lib/format";
import { useMutation } from "@tanstack/react-query";
import { useId, useState } from "react";
import { DecisionDialog } from "../../../../../components/decision-dialog.tsx";
import { Permitted } from "../../../../../components/permitted.tsx";
import { useDecided } from "../../../../../components/use-decided.ts";
import { useTRPC } from "../../../../../trpc/client.tsx";
import type { Tenant } from "../types.ts";

const closable = new Set(["ACTIVE", "SUSPENDED"]);

/** Asks for a tenant to be let go, which a second operator decides. */
export function RequestClosing({ tenantId, tenant }: { tenantId: `tnt_${string}`; tenant: Tenant }) {
  const decided = useDecided();
  const request = useMutation(useTRPC().offboarding.request.mutationOptions());
  const [withExport, setExport] = useState(true);
  const switchId = useId();
  const { holdDays } = plans[tenant.plan];
  return (
    <Section
      title="Close this tenant"
      description={`A second operator approves. Then it is read-only, exported, held for ${formatCount(holdDays, "day")}, and destroyed with a certificate. Its owners are told, and can cancel up to the end of the hold.`}
    >
      <Permitted scope="tenants:close">
        <div>
          <DecisionDialog
            trigger={
              <Button variant="destructive" disabled={!closable.has(tenant.state)}>
                Ask to close {tenant.name}…
              </Button>
            }
            title={`Ask to close ${tenant.name}?`}
            description="Nothing happens before another operator approves."
            actionLabel="Ask to close"
            typedName={tenant.slug}
            destructive
            onDecide={async (decision) => {
              await request.mutateAsync({ tenantId, confirmation: tenant.slug, withExport, ...decision });
              await decided("A second operator is asked");
            }}
          >
            <div className="flex items-start justify-between gap-4">
              <label htmlFor={switchId} className="flex flex-col">
                <span className="font-medium">Export everything first</span>
                <span className="text-muted-foreground text-sm">Owners download it during the hold.</span>
              </label>
              <Switch id={switchId} checked={withExport} onCheckedChange={setExport} />
            </div>
          </DecisionDialog>
        </div>
      </Permitted>
      {closable.has(tenant.state) ? null : (
        <p className="text-muted-foreground text-sm">Only a tenant that is active or suspended can be closed.</p>
      )}
    </Section>
  );
}
