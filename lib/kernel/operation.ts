/** What operations are, as types. The protocol behind them is in instruction.ts. */
export declare const instruction: unique symbol;

/** What reaches the scheduler by `yield`: made by the library, never written by hand. */
export interface Instruction {
  readonly [instruction]: true;
}

/**
 * A description of work with a result: nothing happens until it is `yield*`-ed or run. Every `function*` that
 * only `yield*`s operations makes one.
 */
export interface Operation<T> {
  // `any` is the iterator protocol's own: what is sent into a generator is the business of the wait that yielded.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  [Symbol.iterator](): Iterator<Instruction, T, any>;
}

/** Where an operation is expected, a `function*` without parameters will do. */
export type Operable<T> = Operation<T> | (() => Operation<T>);
