import { type Plan, planIds, plans } from "@leasehold/domain/plans";
import { Button } from "@leasehold/ui/components/ui/button";
import { formatBytes, formatNumber } from "@leasehold/ui/lib/format";
import Link from "next/link";

const rows: readonly { label: string; of: (plan: Plan) => string }[] = [
  { label: "Members", of: (plan) => formatNumber(plan.limits.members) },
  { label: "Documents", of: (plan) => formatNumber(plan.limits.documents) },
  { label: "Storage", of: (plan) => formatBytes(plan.limits.storageBytes) },
  { label: "Largest document", of: (plan) => formatBytes(plan.limits.documentBytes) },
  { label: "Database", of: (plan) => (plan.placement.database === "silo" ? "Your own" : "Shared, rows isolated") },
  { label: "File storage", of: (plan) => (plan.placement.objects === "silo" ? "Your own bucket" : "Shared, prefix isolated") },
  { label: "Encryption key", of: () => "Your own" },
  { label: "Data loss at most", of: (plan) => minutes(plan.rpoMinutes) },
  { label: "Back within", of: (plan) => minutes(plan.rtoMinutes) },
  { label: "Support", of: (plan) => plan.features.at(-1) ?? "" },
  { label: "Opens", of: (plan) => (plan.approval ? "After we approve it" : "At once") },
];

function minutes(count: number): string {
  return count === 60 ? "1 hour" : `${count} ${count === 1 ? "minute" : "minutes"}`;
}

/** All plans side by side; on a phone the table scrolls under a fixed first column. */
export function PlanTable() {
  const shown = planIds.map((id) => plans[id]);
  return (
    <section aria-labelledby="plans" className="flex flex-col gap-3">
      <h2 id="plans" className="font-semibold text-lg">
        Plans
      </h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways has to scroll by keyboard too */}
      <section aria-label="Comparison of plans" tabIndex={0} className="overflow-x-auto rounded-lg border bg-card shadow-xs">
        <table className="w-full min-w-[640px] sm:min-w-[800px] table-fixed border-collapse text-left tabular-nums">
          <thead>
            <tr className="border-b align-top">
              <td className="sticky left-0 z-10 w-26 bg-card p-3 sm:w-44 sm:p-4" />
              {shown.map((plan) => (
                <th key={plan.id} scope="col" className="p-3 font-normal sm:p-4">
                  <span className="block font-semibold text-lg">{plan.name}</span>
                  <span className="block text-muted-foreground text-sm">{plan.summary}</span>
                  <Button asChild variant="secondary" size="sm" className="mt-3">
                    <Link href={`/sign-up?plan=${plan.id}`} aria-label={`Choose ${plan.name}`}>
                      Choose
                    </Link>
                  </Button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.label} className="border-b last:border-b-0">
                <th scope="row" className="sticky left-0 z-10 bg-card px-3 py-2.5 font-normal sm:px-4 text-muted-foreground">
                  {row.label}
                </th>
                {shown.map((plan) => (
                  <td key={plan.id} className="px-3 py-2.5 sm:px-4">
                    {row.of(plan)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </section>
  );
}
