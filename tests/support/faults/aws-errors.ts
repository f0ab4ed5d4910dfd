import type { AwsCall } from "./aws-request.ts";

export interface AwsErrorAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

const requestId = "00000000-0000-4000-8000-000000000000";

/** AWS's refusal as each protocol words it. */
export function refusal(call: AwsCall): AwsErrorAnswer {
  const message = "User is not authorized to perform this action";
  const code = call.protocol === "json" || call.protocol === "rest-json" ? "AccessDeniedException" : "AccessDenied";
  return answer(call, call.protocol === "json" ? 400 : 403, code, message);
}

/** KMS's answer about a key that it has deleted. */
export function gone(call: AwsCall): AwsErrorAnswer {
  return answer(call, call.protocol === "json" ? 400 : 404, "NotFoundException", "The key does not exist");
}

/** AWS's throttling as each protocol words it. */
export function throttling(call: AwsCall): AwsErrorAnswer {
  if (call.protocol === "rest-xml") return answer(call, 503, "SlowDown", "Please reduce your request rate.");
  if (call.protocol === "rest-json") return answer(call, 429, "TooManyRequestsException", "Too many requests");
  return answer(call, 400, call.protocol === "json" ? "ThrottlingException" : "Throttling", "Rate exceeded");
}

function answer({ protocol }: AwsCall, status: number, code: string, message: string): AwsErrorAnswer {
  const common = { "x-amzn-requestid": requestId };
  switch (protocol) {
    case "json":
      return {
        status,
        headers: { ...common, "content-type": "application/x-amz-json-1.1" },
        body: JSON.stringify({ __type: code, message }),
      };
    case "rest-json":
      return {
        status,
        headers: { ...common, "content-type": "application/json", "x-amzn-errortype": code },
        body: JSON.stringify({ message }),
      };
    case "query":
      return {
        status,
        headers: { ...common, "content-type": "text/xml" },
        body: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>${requestId}</RequestId></ErrorResponse>`,
      };
    case "rest-xml":
      return {
        status,
        headers: { "x-amz-request-id": requestId, "content-type": "application/xml" },
        body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message><RequestId>${requestId}</RequestId></Error>`,
      };
  }
}
