import { z } from "zod";

/** An address that a mail can be sent to, without the spaces around it. */
export const emailAddress = z
  .string()
  .trim()
  .max(254, "Use at most 254 characters.")
  .pipe(z.email("Enter an e-mail address, like you@company.com."));
