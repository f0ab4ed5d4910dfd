/** Where one resource of a tenant lives. `pool` is shared with others, `silo` is the tenant's own. */
export type PlacementKind = "pool" | "silo";

export interface PlacementPolicy {
  database: PlacementKind;
  objects: PlacementKind;
  /** What wraps the tenant's data keys: a KMS key of its own, that of its stack, or the current epoch of its pool. */
  key: "dedicated" | "stack" | "epoch";
  compute: PlacementKind;
}

export interface PlanLimits {
  members: number;
  documents: number;
  /** Bytes. */
  storageBytes: number;
  /** Bytes of one document's body. */
  documentBytes: number;
}

/** How fast a tenant may ask the application plane, whoever of it asks. */
export interface RequestRates {
  /** Requests per second that go on without end. */
  requestsPerSecond: number;
  /** Requests that may come at once after a pause. */
  burst: number;
  /** Requests per second of one API key, so that a program leaves room for people. */
  keyRequestsPerSecond: number;
  /** Requests of one day, by the database's clock in UTC. */
  requestsPerDay: number;
  /** Requests under way at once in one process; as many again may wait a moment. */
  concurrentRequests: number;
}

/** What is kept for one tenant. Without `rates` those of its plan hold. */
export interface TenantLimits extends PlanLimits {
  rates?: Partial<RequestRates>;
}

/** What a plan may use beyond what every plan has. */
export const entitlements = ["customer-managed-keys", "audit-export"] as const;
export type Entitlement = (typeof entitlements)[number];

export interface Plan {
  id: PlanId;
  name: string;
  summary: string;
  features: readonly string[];
  limits: PlanLimits;
  rates: RequestRates;
  placement: PlacementPolicy;
  entitlements: readonly Entitlement[];
  /** True when an operator approves a sign-up before anything is created. */
  approval: boolean;
  holdDays: number;
  /** Recovery objectives, in minutes. */
  rpoMinutes: number;
  rtoMinutes: number;
}

export const planIds = ["starter", "pro", "business", "enterprise"] as const;
export type PlanId = (typeof planIds)[number];

const mebibyte = 1024 ** 2;
const gibibyte = 1024 ** 3;
const pooled: PlacementPolicy = { database: "pool", objects: "pool", key: "epoch", compute: "pool" };

/** Plans are configuration. No code asks for a plan's name: it asks for an entitlement, a limit or a placement. */
export const plans: Record<PlanId, Plan> = {
  starter: {
    id: "starter",
    name: "Starter",
    summary: "For a small team getting started",
    features: ["Shared database, isolated rows", "Your own encryption key", "Community support"],
    limits: { members: 5, documents: 500, storageBytes: 2 * gibibyte, documentBytes: 10 * mebibyte },
    rates: { requestsPerSecond: 20, burst: 200, keyRequestsPerSecond: 10, requestsPerDay: 200_000, concurrentRequests: 20 },
    placement: pooled,
    entitlements: [],
    approval: false,
    holdDays: 30,
    rpoMinutes: 5,
    rtoMinutes: 60,
  },
  pro: {
    id: "pro",
    name: "Pro",
    summary: "For a growing company",
    features: ["Shared database, isolated rows", "Your own encryption key", "E-mail support within a day"],
    limits: { members: 50, documents: 20_000, storageBytes: 100 * gibibyte, documentBytes: 25 * mebibyte },
    rates: { requestsPerSecond: 100, burst: 1_000, keyRequestsPerSecond: 50, requestsPerDay: 2_000_000, concurrentRequests: 50 },
    placement: pooled,
    entitlements: [],
    approval: false,
    holdDays: 30,
    rpoMinutes: 5,
    rtoMinutes: 60,
  },
  business: {
    id: "business",
    name: "Business",
    summary: "For teams with auditors",
    features: ["Shared database, isolated rows", "Your own encryption key", "Support within four hours"],
    limits: { members: 500, documents: 500_000, storageBytes: 1024 * gibibyte, documentBytes: 25 * mebibyte },
    rates: { requestsPerSecond: 300, burst: 3_000, keyRequestsPerSecond: 150, requestsPerDay: 10_000_000, concurrentRequests: 100 },
    placement: { ...pooled, key: "dedicated" },
    entitlements: ["customer-managed-keys", "audit-export"],
    approval: false,
    holdDays: 30,
    rpoMinutes: 5,
    rtoMinutes: 60,
  },
  enterprise: {
    id: "enterprise",
    name: "Enterprise",
    summary: "For regulated data",
    features: ["Your own database, bucket and key", "Your own cloud stack", "Named engineer, 24 × 7"],
    limits: { members: 10_000, documents: 10_000_000, storageBytes: 10 * 1024 * gibibyte, documentBytes: 25 * mebibyte },
    rates: { requestsPerSecond: 1_000, burst: 10_000, keyRequestsPerSecond: 500, requestsPerDay: 50_000_000, concurrentRequests: 200 },
    placement: { database: "silo", objects: "silo", key: "stack", compute: "pool" },
    entitlements: ["customer-managed-keys", "audit-export"],
    approval: true,
    holdDays: 30,
    rpoMinutes: 1,
    rtoMinutes: 15,
  },
};

/** What onboarding writes for a tenant of the plan. */
export function limitsOf(plan: PlanId): TenantLimits {
  const { limits, rates } = plans[plan];
  return { ...limits, rates };
}

/** A tenant's rates where nothing of its own is kept; the smallest plan's for a plan that nobody knows. */
export function ratesOf(plan: string): RequestRates {
  return plans[isPlanId(plan) ? plan : "starter"].rates;
}

export function isPlanId(value: unknown): value is PlanId {
  return typeof value === "string" && Object.hasOwn(plans, value);
}

/** True when any resource of the plan is the tenant's own and so needs its stack. */
export function needsStack(placement: PlacementPolicy): boolean {
  return placement.database === "silo" || placement.objects === "silo" || placement.key === "stack" || placement.compute === "silo";
}

/** Whether a plan includes something; a plan that is not known includes nothing. */
export function isEntitled(plan: string, entitlement: Entitlement): boolean {
  return isPlanId(plan) && plans[plan].entitlements.includes(entitlement);
}
