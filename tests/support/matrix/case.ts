import { operatorRoles } from "@leasehold/domain/operators";

/** An operator whom nobody has given a role. */
export const withoutRole = "without a role" as const;

export const apps = ["portal", "console", "application"] as const;
export type MatrixApp = (typeof apps)[number];

/** Who asks, at one app: the credentials of a request. */
export interface Caller {
  name: string;
  cookie?: string;
  authorization?: () => Promise<string>;
}

/** One request and what must come of it. */
export interface Case {
  what: string;
  caller: Caller;
  input?: unknown;
  /** `ok`, or the code of the refusal. */
  expect: string;
  /** What the answer says. */
  answers?: RegExp;
  /** Input whose answer, or caller whose answer, must be the same byte for byte: nobody learns whether the first exists. */
  twin?: { input?: unknown; caller?: Caller };
  /** The tenant that an answer of `ok` changes; ours unless told. */
  of?: string;
  /** Tables of that tenant that an answer of `ok` changes, sorted. None unless told. */
  changes?: readonly string[];
  /** The audit row that it leaves. */
  audit?: string;
  /** May name the other tenant: the caller belongs to both, or is an operator. */
  seesBoth?: boolean;
}

/** What is tried on one procedure or route. `cases` seeds what it needs, in both tenants. */
export interface Row<World> {
  cases(world: World): Promise<Case[]>;
}

/** Every caller that each row has to say something about. */
export const requiredCallers: Record<MatrixApp, readonly string[]> = {
  portal: [
    "anonymous",
    "owner",
    "admin",
    "member",
    "viewer",
    "their owner",
    "their admin",
    "their member",
    "their viewer",
    "member of both",
    "suspended tenant's owner",
    "closed tenant's owner",
    "operator",
    "API key",
  ],
  console: ["anonymous", "portal session", "API key", ...operatorRoles, withoutRole],
  application: [
    "anonymous",
    "owner",
    "admin",
    "member",
    "viewer",
    "their owner",
    "their admin",
    "their member",
    "their viewer",
    "suspended tenant's owner",
    "closed tenant's owner",
    "reading API key",
    "writing API key",
    "their API key",
    "verification token",
    "key-care token",
    "export token",
    "portal session",
    "operator",
  ],
};
