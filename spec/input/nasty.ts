/** Values that no function expects; whatever is touched in them may throw. */

/** What hostile values throw: it may come through, since it is the user's. */
export class Trap extends Error {}

function spring(): never {
  throw new Trap("trap");
}

const hostile = new Proxy({}, { get: spring, has: spring, ownKeys: spring, getPrototypeOf: spring });

function bare(): void {
  // without a prototype
}
Object.setPrototypeOf(bare, null);

function* named(): Generator<never, void> {
  // does nothing
}

export const nasty: readonly (readonly [string, unknown])[] = [
  ["undefined", undefined],
  ["null", null],
  ["0", 0],
  ["-0", -0],
  ["-1", -1],
  ["NaN", NaN],
  ["1.5", 1.5],
  ["Infinity", Infinity],
  ["-Infinity", -Infinity],
  ["2 ** 53", 2 ** 53],
  ["10n", 10n],
  ["''", ""],
  ["'5s'", "5s"],
  ["a book", "x".repeat(100_000)],
  ["control characters", "\u0000\n\u001b[31m"],
  ["true", true],
  ["a symbol", Symbol("s")],
  ["a nameless symbol", Symbol()],
  ["{}", {}],
  ["an object without a prototype", Object.create(null)],
  ["a __proto__ key", JSON.parse('{"__proto__":{"name":5}}')],
  ["[]", []],
  ["[undefined]", [undefined]],
  ["[5]", [5]],
  ["[an object without a prototype]", [Object.create(null)]],
  ["a Map", new Map()],
  ["an invalid Date", new Date(NaN)],
  ["a RegExp", /x/],
  ["a frozen object", Object.freeze({ name: "x" })],
  ["a frozen array", Object.freeze([])],
  ["a hostile proxy", hostile],
  [
    "a hostile property",
    {
      get name() {
        return spring();
      },
    },
  ],
  ["() => 5", () => 5],
  ["() => undefined", () => undefined],
  ["() => hostile", () => hostile],
  ["a function that throws", spring],
  ["a function without a prototype", bare],
  ["a function whose name is no text", Object.defineProperty(() => 5, "name", { value: 5 })],
  ["an async function", async () => Promise.resolve(5)],
  [
    "an async generator function",
    async function* () {
      yield await Promise.resolve(5);
    },
  ],
  ["a generator function", named],
  ["a proxy of one", new Proxy(named, {})],
  ["a generator", named()],
  ["a promise", Promise.resolve(1)],
  [
    "a thenable that settles twice",
    {
      then(resolve?: (value: number) => void, reject?: (error: unknown) => void) {
        resolve?.(1);
        reject?.(2);
      },
    },
  ],
  [
    "a hostile then",
    {
      get then() {
        return spring();
      },
    },
  ],
  [
    "a hostile iterable",
    {
      get [Symbol.iterator]() {
        return spring();
      },
    },
  ],
  ["an iterable that throws", { [Symbol.iterator]: spring }],
  [
    "an iterator whose next throws",
    {
      next: spring,
      [Symbol.iterator]() {
        return this;
      },
    },
  ],
  ["an Error", new Error("x")],
  ["an Error without a stack", Object.assign(new Error("x"), { stack: undefined })],
  ["an AbortSignal", new AbortController().signal],
  ["an aborted AbortSignal", AbortSignal.abort()],
  ["a typed array", new Uint8Array(2)],
  ["a WeakSet", new WeakSet()],
  ["a URL", new URL("https://example.com")],
  ["an EventTarget", new EventTarget()],
  ["globalThis", globalThis],
];
