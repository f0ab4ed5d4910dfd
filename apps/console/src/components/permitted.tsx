"use client";

import { type OperatorRole, type OperatorScope, operatorMay, rolesFor } from "@leasehold/domain/operators";
import { createContext, type ReactNode, useContext } from "react";

const Role = createContext<OperatorRole | undefined>(undefined);

/** Tells the page which role its reader has. */
export function OperatorRoleProvider({ role, children }: { role: OperatorRole | undefined; children: ReactNode }) {
  return <Role value={role}>{children}</Role>;
}

/** Whether the reader may do something: the same question that the procedures ask. */
export function useMay(scope: OperatorScope): boolean {
  return operatorMay(useContext(Role), scope);
}

/** What the reader may do; or, unless told to say nothing, which role it takes. */
export function Permitted({ scope, quiet = false, children }: { scope: OperatorScope; quiet?: boolean; children: ReactNode }) {
  if (useMay(scope)) return children;
  return quiet ? null : <p className="text-muted-foreground text-sm">Deciding this takes {rolesFor(scope)}.</p>;
}
