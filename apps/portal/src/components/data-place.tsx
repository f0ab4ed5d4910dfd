import { CopyId } from "@leasehold/ui/components/copy-id";
import { Facts } from "@leasehold/ui/components/facts";
import { RelativeTime } from "@leasehold/ui/components/relative-time";
import type { inferRouterOutputs } from "@trpc/server";
import type { PortalRouter } from "../server/routers/root.ts";

type Tenant = inferRouterOutputs<PortalRouter>["workspace"]["get"];

/** Region, database, storage and key of one workspace. */
export function DataPlace({ tenant }: { tenant: Tenant }) {
  const { place } = tenant;
  return (
    <Facts
      facts={[
        ["Region", tenant.region],
        ["Database", place?.database === "own" ? "Your own" : "Shared, your rows isolated"],
        ["File storage", place?.ownStorage ? "Your own bucket" : "Shared, your prefix isolated"],
        [
          "Encryption key",
          place ? (
            <span key="key" className="flex min-w-0 flex-col items-start">
              <span>{place.keyArn === null ? "Your own data key, wrapped by Leasehold" : "Your own, in use"}</span>
              {place.keyArn === null ? null : <CopyId value={place.keyArn} label="key ARN" />}
            </span>
          ) : (
            "Being created"
          ),
        ],
        ["Workspace id", <CopyId key="id" value={tenant.tenantId} label="workspace id" />],
        ["Opened", tenant.activatedAt ? <RelativeTime key="at" value={tenant.activatedAt} format="date" /> : "Not yet"],
      ]}
    />
  );
}
