import type { IncomingMessage } from "node:http";

/** The service as signatures name it, and the operation as the SDK's command is called. */
export interface AwsCall {
  service: string;
  action: string;
  protocol: "json" | "query" | "rest-xml" | "rest-json";
}

/** Reads from a request which operation it is. `body` is needed for the query protocol only. */
export function readAwsCall(request: IncomingMessage, body: Buffer | undefined): AwsCall {
  const url = new URL(request.url ?? "/", "http://proxy");
  const credential = request.headers.authorization ?? url.searchParams.get("X-Amz-Credential") ?? "";
  const service = /\/([a-z0-9-]+)\/aws4_request/.exec(credential)?.[1] ?? "unknown";
  const target = request.headers["x-amz-target"];
  if (typeof target === "string") return { service, action: target.split(".").at(-1) ?? "", protocol: "json" };
  if (body !== undefined) return { service, action: new URLSearchParams(body.toString("utf8")).get("Action") ?? "", protocol: "query" };
  if (service === "s3") return { service, action: s3Action(request.method ?? "GET", url), protocol: "rest-xml" };
  return {
    service,
    action: restActions[`${request.method} ${url.pathname}`] ?? `${request.method} ${url.pathname}`,
    protocol: "rest-json",
  };
}

export function isQueryRequest(request: IncomingMessage): boolean {
  return request.headers["content-type"]?.startsWith("application/x-www-form-urlencoded") ?? false;
}

const restActions: Record<string, string> = { "POST /v2/email/outbound-emails": "SendEmail" };

const bucketActions: Record<string, string> = { GET: "ListObjects", PUT: "CreateBucket", HEAD: "HeadBucket", DELETE: "DeleteBucket" };
const objectActions: Record<string, string> = { GET: "GetObject", PUT: "PutObject", HEAD: "HeadObject", DELETE: "DeleteObject" };

/** Path-style addresses only: the first segment is the bucket. */
function s3Action(method: string, url: URL): string {
  const named = url.searchParams.get("x-id");
  if (named !== null) return named;
  const query = url.searchParams;
  if (query.has("list-type")) return "ListObjectsV2";
  if (query.has("versions")) return "ListObjectVersions";
  if (query.has("delete")) return "DeleteObjects";
  const isObject = url.pathname.split("/").filter(Boolean).length > 1;
  return (isObject ? objectActions : bucketActions)[method] ?? method;
}
