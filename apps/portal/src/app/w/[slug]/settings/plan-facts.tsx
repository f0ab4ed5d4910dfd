import { isPlanId, plans } from "@leasehold/domain/plans";
import { Facts } from "@leasehold/ui/components/facts";
import { Section } from "@leasehold/ui/components/section";
import { formatBytes, formatNumber } from "@leasehold/ui/lib/format";

export function PlanFacts({ plan: id }: { plan: string }) {
  const plan = isPlanId(id) ? plans[id] : undefined;
  if (!plan) return <Section title="Plan">{id}</Section>;
  return (
    <Section title={`${plan.name} plan`} description={plan.summary}>
      <Facts
        facts={[
          ["Members", formatNumber(plan.limits.members)],
          ["Documents", formatNumber(plan.limits.documents)],
          ["Storage", formatBytes(plan.limits.storageBytes)],
          ["Largest document", formatBytes(plan.limits.documentBytes)],
          ["Requests", `${formatNumber(plan.rates.requestsPerSecond)} a second, ${formatNumber(plan.rates.requestsPerDay)} a day`],
          ["Requests at once", `${formatNumber(plan.rates.burst)} after a pause`],
          ["Support", plan.features.at(-1) ?? ""],
          ["After closing", `Kept ${plan.holdDays} days, then erased`],
        ]}
      />
    </Section>
  );
}
