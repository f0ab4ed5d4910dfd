import type { LostKey } from "@leasehold/domain/keys/custody";
import { toOwner } from "./footers.ts";
import type { MailContent } from "./render.ts";
import type { MailProps } from "./templates.ts";

const lost: Record<LostKey["purpose"], string> = {
  data: "The names and contents of documents and folders that were encrypted with it cannot be read by anybody any more. Lists show “Name lost” in their place; such a document can be renamed or deleted, and its content stays closed. What was encrypted with other versions is as it was.",
  index:
    "What was named before is not found by its name. No name is gone by that: rotate the data key, under Settings, and everything that can be read is found again when the rotation has ended. Until then two documents in one folder may have the same name.",
  payload: "What was recorded of work in the background cannot be read any more. Nothing of your documents is affected.",
};
const names: Record<LostKey["purpose"], string> = {
  data: "a data key",
  index: "the key that names are found by",
  payload: "the key of work in the background",
};

/** Tells owners which of their keys were given up, what that means and what they do about it. */
export function contentOfKeyLoss({ organizationName, url, purposes }: MailProps["key-lost"]): MailContent {
  const what = new Intl.ListFormat("en", { type: "conjunction" }).format(purposes.map((purpose) => names[purpose]));
  const renewed = purposes.some((purpose) => purpose !== "payload");
  return {
    subject: "An encryption key of your workspace is lost",
    paragraphs: [
      `The workspace of ${organizationName} has lost ${what}. It could not be opened any more, no copy of it was left, and two of our operators have given it up. This is a fault on our side, and it cannot be undone.`,
      ...purposes.map((purpose) => lost[purpose]),
      ...(renewed ? ["New keys are in place: you can go on working, and what you store from now on is encrypted with them."] : []),
      ...(purposes.includes("data")
        ? ["Look for copies of your own of what is missing, such as an earlier export, and store them again."]
        : []),
      "Answer this mail to ask us what is affected.",
    ],
    action: { label: "See the workspace’s keys", url },
    footer: toOwner,
  };
}
