import type { inferRouterOutputs } from "@trpc/server";
import type { ConsoleRouter } from "../../../../server/router.ts";

type Outputs = inferRouterOutputs<ConsoleRouter>;
export type Tenant = Outputs["tenants"]["get"];
export type Operation = Outputs["operations"]["ofTenant"][number];
