import { misuse } from "../errors/index.js";

/** Refuses `await operation`, which would otherwise give the operation back unrun. */
function refuseAwait(): never {
  throw misuse(
    "AWAITED",
    "An operation was awaited. Use `yield* operation` in an operation, or `await run(operation)`.",
  );
}

/** Makes `await` on objects with this prototype fail with an explanation, out of the types' sight. */
export function refusesAwait(prototype: object): void {
  Object.defineProperty(prototype, "then", { value: refuseAwait, configurable: true });
}
