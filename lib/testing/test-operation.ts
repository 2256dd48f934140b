import { checkOperable } from "../kernel/index.js";
import { runTest, type RunTestOptions } from "./run-test.js";
import type { TestBody } from "./trial.js";

/**
 * Makes a test of an operation, for Jest, Vitest and node:test alike: a function without parameters that runs it as
 * `runTest` does.
 *
 * @param body - an operation, or a `function*`, which gets the clock
 * @param options - as for `runTest`
 * @example it("retries after a second", testOperation(function* (clock) { … }));
 */
export function testOperation(body: TestBody<unknown>, options?: RunTestOptions): () => Promise<void> {
  // Refused where the test is written, not when it runs.
  checkOperable("testOperation", body);
  return async () => {
    await runTest(body, options);
  };
}
