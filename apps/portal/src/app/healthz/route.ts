import { services } from "../../server/services.ts";

export const dynamic = "force-dynamic";

/** 200 when both logins to the control database answer. */
export async function GET(): Promise<Response> {
  try {
    const { control, identity } = services();
    await Promise.all([control.query("SELECT 1"), identity.query("SELECT 1")]);
    return Response.json({ status: "ok" });
  } catch {
    return Response.json({ status: "unavailable" }, { status: 503 });
  }
}
