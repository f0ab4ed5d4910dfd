import { createRequire } from "node:module";
import { listenAddress, silenceTelemetry } from "./env.ts";

const mode = process.argv[2] === "dev" ? "dev" : "start";
const next = createRequire(import.meta.url).resolve("next/dist/bin/next");
silenceTelemetry();
const { host, port } = listenAddress();
process.argv = [process.execPath, next, mode, "--port", port, "--hostname", host];
await import(next);
