import { DefaultFailureConverter } from "@temporalio/common";

/** Messages and stack traces of failures become payloads, which are encrypted; left alone they are the one plain text of a history. */
export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
