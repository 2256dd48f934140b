import { clip, misuse, show } from "../errors/index.js";

/** Refuses what is no operation, naming the function that was called (E5). */
export function checkOperable(name: string, given: unknown): void {
  if (typeof given === "function") {
    // A function may have been left without a prototype.
    const kind = (given.constructor as { readonly name: string } | undefined)?.name;
    if (kind !== "AsyncFunction" && kind !== "AsyncGeneratorFunction") return;
    const which = given.name === "" ? "an async function" : `the async function "${clip(given.name, 40)}"`;
    throw misuse(
      "NOT_AN_OPERATION",
      `${name}() needs an operation or a function*, got ${which}. Write a function*, or use call(${clip(given.name, 40) || "fn"}).`,
    );
  }
  if (typeof given === "object" && given !== null) {
    if (Symbol.iterator in given && !Array.isArray(given)) return;
    if ("then" in given) {
      throw misuse(
        "NOT_AN_OPERATION",
        `${name}() needs an operation or a function*, got a Promise. Use until(promise).`,
      );
    }
  }
  throw misuse("NOT_AN_OPERATION", `${name}() needs an operation or a function*, got ${show(given)}.`);
}
