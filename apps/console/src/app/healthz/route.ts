import { controlPool } from "../../server/database.ts";
import { logger } from "../../server/logger.ts";

export const dynamic = "force-dynamic";

/** Answers 200 when the console can do its work: its settings are complete and the control database answers. */
export async function GET(): Promise<Response> {
  try {
    await controlPool().query("select 1");
    return Response.json({ status: "ok" });
  } catch (error) {
    logger().warn({ err: error }, "not ready");
    return Response.json({ status: "unavailable" }, { status: 503 });
  }
}
