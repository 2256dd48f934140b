/** Assertions about types: they cost nothing at run time, and fail in the type checker. */

/* eslint-disable @typescript-eslint/no-unnecessary-type-parameters -- comparing types needs parameters of their own */

/** True when two types are the same, `any` and `never` included. */
export type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Accepts only `true`. */
export function isTrue<T extends true>(): T {
  // The value is never looked at.
  return true as T;
}

/** Takes a value whose type must be exactly `Expected`: `exactly<number>()(value)`. */
export function exactly<Expected>(): <Given>(
  given: Given,
  ...same: Equal<Given, Expected> extends true ? [] : [never]
) => Given {
  // The second parameter only exists where the types differ, and is never passed.
  return ((given: unknown) => given) as never;
}

/** The type that an operation gives. */
export type ResultOf<Op> = Op extends { [Symbol.iterator](): Iterator<unknown, infer T, never> } ? T : never;
