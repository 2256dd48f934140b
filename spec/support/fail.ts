/** Throws, in places where a bare `throw` would hide that it may: a `finally`, an expression. */
export function fail(error: unknown): never {
  throw error;
}
