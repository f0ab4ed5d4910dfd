import { chooseSample, readCommit, takesPart } from "../chaos/choose-sample.ts";
import type { Screen } from "./stage.ts";

/**
 * The sizes that a journey is walked in: desktop and phone. Where a part of the long suites is taken it is one of them, by the commit and
 * the journey: almost every commit has journeys of both.
 */
export function screensOf(journey: string): Screen[] {
  const both: Screen[] = ["desktop", "phone"];
  return takesPart() ? chooseSample(both, 1, `${journey} at ${readCommit()}`) : both;
}
