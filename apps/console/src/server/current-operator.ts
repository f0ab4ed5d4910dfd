import "server-only";
import { headers } from "next/headers";
import { cache } from "react";
import { type Operator, operatorOf } from "./identity/auth.ts";

/** Who is signed in, looked up once per page. */
export const currentOperator = cache(async (): Promise<Operator | undefined> => operatorOf(await headers()));
