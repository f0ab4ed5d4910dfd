import { Bytes } from "@leasehold/ui/components/bytes";
import { Facts } from "@leasehold/ui/components/facts";
import { RelativeTime } from "@leasehold/ui/components/relative-time";
import { Section } from "@leasehold/ui/components/section";
import { formatNumber } from "@leasehold/ui/lib/format";
import type { Closing } from "./closing-tab.tsx";

const counted = (value: number | null) => (value === null ? "Not counted" : formatNumber(value));

/** What there is to destroy, as it was counted for whoever decides. */
export function Inventory({ inventory }: { inventory: Closing["inventory"] }) {
  if (inventory === null) return null;
  return (
    <Section title="What goes">
      <Facts
        facts={[
          ["Documents", formatNumber(inventory.documents)],
          ["Stored", <Bytes key="bytes" value={inventory.bytes} />],
          ["Objects, every version", counted(inventory.objects)],
          ["Members", formatNumber(inventory.members)],
          ["Keys", formatNumber(inventory.keys)],
          ["Stacks", counted(inventory.stacks)],
          ["Backups", inventory.backups],
          ["Counted", <RelativeTime key="counted" value={inventory.countedAt} />],
        ]}
      />
    </Section>
  );
}
