/**
 * How the naive interpreter holds a program: statements with their control flow spelled out, and an explicit stack of
 * what is under way. No generators: what JavaScript does with `return()` is written down here instead.
 */
import type { Request } from "./tree.js";

/** One statement. */
export type Statement =
  /** Plain code, which may throw. */
  | { readonly is: "act"; readonly act: () => void }
  /** A `yield*` of an operation. */
  | { readonly is: "wait"; readonly request: () => Request; readonly then?: (value: unknown) => void }
  | {
      readonly is: "try";
      readonly steps: readonly Statement[];
      readonly handler: {
        readonly caught: (error: unknown) => void;
        readonly steps: readonly Statement[];
      } | null;
      readonly cleanup: readonly Statement[] | null;
    }
  /** A `yield*` of a function* that is part of the same boundary. */
  | { readonly is: "delegate"; readonly steps: readonly Statement[]; readonly then: () => void };

/** What a boundary runs. */
export interface Code {
  readonly steps: readonly Statement[];
  result(): unknown;
}

/** How a piece of code has ended, or how it is to go on. */
export type Completion =
  | { readonly type: "value"; readonly value: unknown }
  | { readonly type: "error"; readonly error: unknown }
  /** Left because of a cancellation. */
  | { readonly type: "cut" };

const DONE: Completion = { type: "value", value: undefined };

/** What is under way, innermost last. */
type Level =
  | { readonly is: "block"; readonly steps: readonly Statement[]; at: number; pending: Statement | null }
  | { readonly is: "try"; readonly statement: Statement & { is: "try" }; isHandling: boolean }
  | { readonly is: "cleanup"; readonly before: Completion }
  | { readonly is: "delegate"; readonly then: () => void };

/** The running code of one boundary. */
export class Run {
  readonly #levels: Level[];
  /** Whether a cleanup of the boundary's own has begun since it was last cut: C4. */
  hasMoved = false;
  /** Errors that JavaScript itself has dropped: a `finally` that ended otherwise took their place. */
  readonly replaced: unknown[] = [];

  constructor(private readonly code: Code) {
    this.#levels = [{ is: "block", steps: code.steps, at: 0, pending: null }];
  }

  /** Goes on until something is waited for, or the end. */
  resume(how: Completion): Request | Completion {
    if (how.type === "cut") this.hasMoved = false;
    let going = how;
    for (let level = this.#levels.at(-1); level !== undefined; level = this.#levels.at(-1)) {
      const next = this.#goOn(level, going);
      if (!("type" in next)) return next;
      going = next;
    }
    return going.type === "value" ? { type: "value", value: this.code.result() } : going;
  }

  #goOn(level: Level, how: Completion): Request | Completion {
    switch (level.is) {
      case "block":
        return this.#inBlock(level, how);
      case "try":
        return this.#leaveTry(level, how);
      case "cleanup":
        return this.#leaveCleanup(level, how);
      case "delegate":
        this.#levels.pop();
        if (how.type === "value") level.then();
        return how;
    }
  }

  #inBlock(level: Level & { is: "block" }, how: Completion): Request | Completion {
    const { pending } = level;
    level.pending = null;
    if (how.type !== "value") {
      this.#levels.pop();
      return how;
    }
    if (pending?.is === "wait") pending.then?.(how.value);
    const statement = level.steps[level.at++];
    if (statement === undefined) {
      this.#levels.pop();
      return DONE;
    }
    return this.#begin(level, statement);
  }

  #begin(level: Level & { is: "block" }, statement: Statement): Request | Completion {
    switch (statement.is) {
      case "act":
        try {
          statement.act();
          return DONE;
        } catch (error) {
          return { type: "error", error };
        }
      case "wait":
        level.pending = statement;
        return statement.request();
      case "try":
        this.#levels.push({ is: "try", statement, isHandling: false });
        return this.#enter(statement.steps);
      case "delegate":
        this.#levels.push({ is: "delegate", then: statement.then });
        return this.#enter(statement.steps);
    }
  }

  #enter(steps: readonly Statement[]): Completion {
    this.#levels.push({ is: "block", steps, at: 0, pending: null });
    return DONE;
  }

  /** C2: a `catch` sees errors, and never a cancellation; a `finally` sees both. */
  #leaveTry(level: Level & { is: "try" }, how: Completion): Completion {
    const { handler, cleanup } = level.statement;
    if (how.type === "error" && handler !== null && !level.isHandling) {
      level.isHandling = true;
      handler.caught(how.error);
      return this.#enter(handler.steps);
    }
    this.#levels.pop();
    if (cleanup === null) return how;
    this.#levels.push({ is: "cleanup", before: how });
    // A cleanup of the boundary's own function, and not of one that it delegates to.
    if (!this.#levels.some(({ is }) => is === "delegate")) this.hasMoved = true;
    return this.#enter(cleanup);
  }

  /** A `finally` that ends normally goes on with what was under way; otherwise it takes its place. */
  #leaveCleanup({ before }: Level & { is: "cleanup" }, how: Completion): Completion {
    this.#levels.pop();
    if (how.type === "value") return before;
    if (before.type === "error") this.replaced.push(before.error);
    return how;
  }
}
