import type { OperatorRole } from "@leasehold/domain/operators";

/** A role as a page names it. */
export const roleName = (role: OperatorRole): string => role.charAt(0).toUpperCase() + role.slice(1);
