import { offboardingStores } from "@leasehold/domain/offboarding/stores";
import { Facts } from "@leasehold/ui/components/facts";
import { Section } from "@leasehold/ui/components/section";
import { formatNumber } from "@leasehold/ui/lib/format";
import type { Closing } from "./closing-tab.tsx";

const labels = new Map<string, string>(offboardingStores.map(({ store, label }) => [store, label]));

/** What there was to destroy, store by store, as it was counted before. */
export function Inventory({ inventory }: { inventory: Closing["inventory"] }) {
  const counted = Object.entries(inventory ?? {}).filter((entry): entry is [string, number] => typeof entry[1] === "number");
  if (counted.length === 0) return null;
  return (
    <Section title="Inventory" description="As it was counted before anything was destroyed.">
      <Facts facts={counted.map(([store, count]) => [labels.get(store) ?? store, formatNumber(count)] as const)} />
    </Section>
  );
}
