/**
 * Programs as data: what a generated program does, step by step. Nothing repeats, so that every step happens once at the
 * most, and its number names it in every log.
 */

export type Block = readonly Step[];

/** The body of a boundary or of a plain function*; gives `r` and its number. */
export interface Body {
  readonly id: number;
  readonly steps: Block;
}

/** The boundaries of which a body can be made. */
export type Kind =
  | "scoped"
  | "operation"
  | "attempt"
  | "shield"
  | "timeout"
  | "patience"
  | "group"
  | "cancel scope"
  | "lock"
  | "permit";

export type Many = "all" | "all settled" | "race" | "any";

export type Step =
  | { readonly does: "note" | "suspend" | "throw" | "put" | "get" | "set" | "wait"; readonly id: number }
  | { readonly does: "sleep"; readonly id: number; readonly ms: number }
  | {
      readonly does: "try";
      readonly id: number;
      readonly steps: Block;
      readonly handler: Block | null;
      readonly cleanup: Block | null;
    }
  /** Delegates natively to a function* of its own. */
  | { readonly does: "delegate"; readonly id: number; readonly body: Body }
  | {
      readonly does: "run";
      readonly id: number;
      readonly kind: Kind;
      readonly ms: number;
      readonly body: Body;
    }
  | { readonly does: "spawn"; readonly id: number; readonly body: Body; readonly owner: number }
  /** Spawns into the surrounding group of that number. */
  | { readonly does: "enlist"; readonly id: number; readonly group: number; readonly body: Body }
  | { readonly does: "join"; readonly id: number; readonly task: number }
  | { readonly does: "cancel"; readonly id: number; readonly task: number; readonly isAwaited: boolean }
  /** Cancels a surrounding group or cancel scope, without waiting. */
  | { readonly does: "close"; readonly id: number; readonly scope: number }
  | { readonly does: "many"; readonly id: number; readonly kind: Many; readonly bodies: readonly Body[] }
  | { readonly does: "ensure"; readonly id: number; readonly body: Body; readonly owner: number }
  | {
      readonly does: "use";
      readonly id: number;
      readonly body: Body;
      readonly after: Block;
      readonly owner: number;
    };

/** A cancellation from outside of all tasks. */
export interface Strike {
  readonly at: number;
  /** The number of a task, or null for the root. */
  readonly task: number | null;
}

export interface Program {
  readonly root: Body;
  readonly strikes: readonly Strike[];
  /** For the order of ready tasks and of equal timers; 0 is first come, first served. */
  readonly order: number;
}

/** When everything that has not ended is cancelled. */
export const END = 40.5;

/** All steps of a body, with those inside of them. */
export function* stepsOf(steps: Block): Generator<Step> {
  for (const step of steps) {
    yield step;
    for (const inner of blocksOf(step)) yield* stepsOf(inner);
  }
}

function blocksOf(step: Step): Block[] {
  switch (step.does) {
    case "try":
      return [step.steps, step.handler ?? [], step.cleanup ?? []];
    case "use":
      return [step.body.steps, step.after];
    case "delegate":
    case "run":
    case "spawn":
    case "enlist":
    case "ensure":
      return [step.body.steps];
    case "many":
      return step.bodies.map((body) => body.steps);
    default:
      return [];
  }
}
