import { clip, misuse } from "../errors/index.js";
import {
  bounded,
  boundaryOf,
  checkName,
  instantly,
  lookUp,
  READ,
  withValue,
  type ContextNode,
  type ContextReader,
  type Operable,
  type Operation,
} from "../kernel/index.js";

/** A value that is passed down the tree without being named on the way (B5). */
export interface Context<T, Absent = never> extends ContextReader<T | Absent> {
  readonly name: string;
  /** Gives the value, or the default, or `undefined` when there is neither. */
  get(): Operation<T | Absent>;
  /** Gives the value or the default; throws when there is neither. */
  expect(): Operation<T>;
  /** Sets the value for the rest of the current boundary. Children that run already do not see it. */
  set(value: T): Operation<T>;
  /** Runs an operation in a boundary with this value. */
  with<R>(value: T, op: Operable<R>): Operation<R>;
}

class Key<T> implements Context<T, undefined> {
  constructor(
    readonly name: string,
    private readonly fallback: { readonly value: T } | undefined,
  ) {}

  get(): Operation<T | undefined> {
    return instantly((task) => this.read(boundaryOf(task).context)?.value);
  }

  expect(): Operation<T> {
    return instantly((task) => this.demand(boundaryOf(task).context));
  }

  set(value: T): Operation<T> {
    return instantly((task) => {
      const frame = boundaryOf(task);
      frame.context = withValue(frame.context, this, value, frame);
      return value;
    });
  }

  with<R>(value: T, op: Operable<R>): Operation<R> {
    return bounded<R>(`${this.name}.with`, op, () => ({
      opened: (frame) => {
        frame.context = withValue(frame.context, this, value, frame);
      },
    }));
  }

  [READ](from: ContextNode | null): T | undefined {
    return this.read(from)?.value;
  }

  private read(context: ContextNode | null): { readonly value: T } | undefined {
    // Only `set` and `with` of this key store under it.
    return (lookUp(context, this) as { readonly value: T } | null) ?? this.fallback;
  }

  private demand(context: ContextNode | null): T {
    const found = this.read(context);
    if (found !== undefined) return found.value;
    throw misuse(
      "NO_CONTEXT",
      `Context "${clip(this.name)}" has no value here. Set it in a surrounding boundary, or give it a default.`,
      Error,
    );
  }
}

/**
 * Makes a context: a typed value that is set per boundary, inherited by children as of their spawn, and gone with
 * the boundary (B5).
 *
 * @param name - for messages; two contexts of one name are two contexts
 * @param fallback - the value where none was set
 * @example
 * const requestId = createContext<string>("request id");
 * yield* requestId.with("r-17", handle(request));
 */
export function createContext<T>(name: string): Context<T, undefined>;
export function createContext<T>(name: string, fallback: T): Context<T>;
export function createContext<T>(name: string, ...fallback: readonly T[]): Context<T, undefined> {
  checkName("createContext()", "name", name);
  return new Key<T>(name, fallback.length === 0 ? undefined : { value: fallback[0] as T });
}
