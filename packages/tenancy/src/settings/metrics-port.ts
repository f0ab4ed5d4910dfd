import { z } from "zod";

/** Where Prometheus reads `/metrics`: a port, 0 for one that is free, and undefined, or empty, for none. */
export const metricsPort = z.preprocess(
  (value) => (value === "" ? undefined : value),
  z.coerce.number({ error: "set it to a free port, or leave it out" }).int().min(0).max(65_535).optional(),
);
