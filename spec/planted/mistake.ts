/** A mistake that somebody made, or may make, in a copy of a primitive; and what a test of that primitive would be. */
import type { Operable } from "coppice";

/** How a run has ended. */
export interface Ended {
  readonly outcome: string;
  readonly value: unknown;
  /** What was cancelled by the kit, if anything. */
  readonly scope?: string;
}

/** A test of a primitive: fresh state for each run, and a check after it. */
export interface Scenario {
  readonly make: () => Operable<unknown>;
  readonly check?: (run: Ended) => void;
  /** Things that have to look afterwards as they did before. */
  readonly watch?: readonly object[];
}

/** One mistake: the scenario on the copy that has it. */
export interface Mistake {
  /** What is wrong. */
  readonly name: string;
  /** The class of bugs in other libraries that it belongs to, if it is one of those. */
  readonly like?: string;
  readonly scenario: Scenario;
}

/** A primitive: the scenario on a copy that is right, and the mistakes. */
export interface Subject {
  readonly name: string;
  readonly correct: readonly Scenario[];
  readonly mistakes: readonly Mistake[];
}
