import { BaseSequencer, type TestSpecification } from "vitest/node";

/** The files that take a minute and more, the longest first; a few of them wait more than they work. */
const longest = [
  "e2e/closing",
  "e2e/operators",
  "e2e/pages",
  "e2e/closing-end",
  "e2e/account",
  "e2e/documents",
  "isolation/matrix",
  "integration/offboarding-hold-time",
  "chaos/closing-deaths",
  "integration/offboarding-model",
  "isolation/predicates",
  "integration/offboarding-canaries",
  "chaos/onboarding-faults",
  "chaos/suspension-deaths",
  "integration/keys-rotation",
  "integration/person-erasure-run",
  "integration/payloads-gone",
  "integration/offboarding-shred-models",
];

const rankOf = ({ moduleId }: TestSpecification) => {
  const rank = longest.findIndex((file) => moduleId.endsWith(`/${file}.test.ts`));
  return rank < 0 ? longest.length : rank;
};

/** Begins the longest files first, so that no core waits for one of them at the end. A fresh clone knows no durations by itself. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).toSorted((one, other) => rankOf(one) - rankOf(other));
  }
}
