/** Called by Next.js once per server process, before its first request. Next.js writes the runtime's name in as it compiles. */
export async function register(): Promise<void> {
  // biome-ignore lint/style/noProcessEnv: Next.js replaces it by a constant, and leaves the rest out of the other runtime's bundle.
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  const [{ markClientAddresses }, { env }] = await Promise.all([import("@leasehold/tenancy/web/client-address"), import("./env.ts")]);
  markClientAddresses(() => env().CONSOLE_TRUSTED_PROXIES);
  // A build has no settings, and serves nobody.
  // biome-ignore lint/style/noProcessEnv: how Next.js says that it builds.
  if (process.env.NEXT_PHASE === "phase-production-build") return;
  const { startTelemetry } = await import("@leasehold/tenancy/telemetry/start-telemetry");
  const { CONSOLE_METRICS_HOST: host, CONSOLE_METRICS_PORT: port } = env();
  await startTelemetry({ serviceName: "console", metrics: { host, port } });
}
