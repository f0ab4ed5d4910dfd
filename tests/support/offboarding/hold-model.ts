import { dayMs } from "./closing.ts";

/** What somebody does, in numbers that mean the same in every run: a failing sequence of them is kept and run again. */
export type Move =
  /** Days that pass, or the time up to shortly before or to the hold's end. */
  | { move: "pass"; days: number }
  | { move: "almost-to-end" }
  | { move: "to-end" }
  | { move: "cancel"; by: Side }
  | { move: "extend"; by: Side; days: number }
  /** An end after so much of the time that is left. */
  | { move: "shorten"; by: Side; part: number }
  /** The very end that is asked for already. */
  | { move: "agree"; by: Side }
  | { move: "withdraw"; by: Side }
  | { move: "place"; caseNumber: number }
  | { move: "release"; index: number }
  /** The worker dies. */
  | { move: "crash" }
  /** Its place is taken by one with a later version of the workflow. */
  | { move: "deploy" };
export type Side = "owner" | "operator";

/** Who asked for a closing, and what was decided about it before its run began. An operator's wish alone can be rejected. */
export type Beginning = { by: Side; before: "nothing" | "cancelled" } | { by: "operator"; before: "rejected" };

export interface HoldModel {
  state: "CLOSING" | "SHREDDING" | "REOPENED";
  began: number;
  end: number;
  cases: number[];
  wish: { to: number; by: Side } | undefined;
}

/** What each decision comes to: `accepted`, or the reason of its refusal. */
export interface Expected {
  answer: string;
  model: HoldModel;
}

const accepted = (model: HoldModel): Expected => ({ answer: "accepted", model });
const refused = (model: HoldModel, answer: string): Expected => ({ answer, model });

/** The closing as it ought to be, in forty lines: no database, no runs, no clocks. `now` is when the move is made. */
export function decideInModel(model: HoldModel, move: Move, now: number): Expected {
  const { state, end, wish } = model;
  const over = state === "SHREDDING" ? "past-no-return" : state === "REOPENED" ? "closing-cancelled" : undefined;
  switch (move.move) {
    case "cancel":
      if (state === "REOPENED") return accepted(model);
      return over ? refused(model, over) : accepted({ ...model, state: "REOPENED" });
    case "extend":
      return over ? refused(model, over) : accepted({ ...model, end: end + move.days * dayMs, wish: undefined });
    case "shorten":
    case "agree": {
      if (over) return refused(model, over);
      const to = move.move === "agree" ? (wish?.to ?? end) : endAfter(model, now, move.part);
      if (to >= end) return refused(model, "hold-end");
      if (wish?.to === to && wish.by !== move.by) return accepted({ ...model, end: to, wish });
      return accepted({ ...model, wish: { to, by: move.by } });
    }
    case "withdraw":
      return over ? refused(model, over) : accepted({ ...model, wish: undefined });
    case "place":
      if (state === "SHREDDING") return refused(model, "past-no-return");
      return accepted(model.cases.includes(move.caseNumber) ? model : { ...model, cases: [...model.cases, move.caseNumber] });
    case "release":
      return accepted({ ...model, cases: model.cases.filter((_, index) => index !== move.index % Math.max(model.cases.length, 1)) });
    default:
      return accepted(model);
  }
}

/** What time alone does: the end comes when it is there and nothing stops it. */
export function passInModel(model: HoldModel, now: number): HoldModel {
  return model.state === "CLOSING" && model.cases.length === 0 && now >= model.end ? { ...model, state: "SHREDDING" } : model;
}

/** In whole seconds, so that it is the same in the database. */
export function endAfter({ end }: HoldModel, now: number, part: number): number {
  return Math.ceil((now + Math.max(end - now, 0) * part) / 1_000) * 1_000;
}
