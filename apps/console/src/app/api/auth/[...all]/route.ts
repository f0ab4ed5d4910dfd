import { auth } from "../../../../server/identity/auth.ts";

export const dynamic = "force-dynamic";

export const GET = (request: Request): Promise<Response> => auth().handler(request);
export const POST = (request: Request): Promise<Response> => auth().handler(request);
