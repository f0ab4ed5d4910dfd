import { createRequire } from "node:module";
import { listenPort, silenceTelemetry } from "./env.ts";

const mode = process.argv[2] === "dev" ? "dev" : "start";
const next = createRequire(import.meta.url).resolve("next/dist/bin/next");
silenceTelemetry();
process.argv = [process.execPath, next, mode, "--port", listenPort(), "--hostname", "127.0.0.1"];
await import(next);
