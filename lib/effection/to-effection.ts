import type { Effect, Operation as Theirs } from "effection";
import type { Operable } from "../index.js";
import { checkCrossing, claim, nameFor, type CrossingOptions } from "./checks.js";
import { Visitor } from "./visitor.js";

/**
 * Makes an operation of Effection of one of ours.
 *
 * A `function*` is a boundary of its own: what it spawned and acquired is gone when it has returned. An operation is
 * run as if it were yielded there: what it acquires and spawns lives as long as the scope of theirs that it was called
 * in, is given back with it, and its failure is that scope's failure.
 *
 * Waits:   until it has ended and all that belongs to it is gone.
 * Cancel:  a halt of theirs cancels it and waits for its cleanup; what goes wrong in that comes out of the halt. The
 *          reason of a cancel that came from an operation of ours further out is passed on.
 * Throws:  what it throws, the same object; CancelledError when it was cancelled by its own side.
 *
 * @param op - an operation, or a `function*`
 * @param options - `contexts`: contexts of ours that get the values of theirs of the same names
 * @example const user = yield* toEffection(fetchUser("42"));
 */
export function toEffection<T>(op: Operable<T>, options: CrossingOptions = {}): Theirs<T> {
  checkCrossing("toEffection", op, options);
  return {
    *[Symbol.iterator](): Generator<Effect<unknown>, T, unknown> {
      claim("toEffection", op);
      // Our operation gives the T that its type says.
      return (yield new Visitor(op, nameFor(op, options), options)) as T;
    },
  };
}
