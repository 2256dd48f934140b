import { operation, sleep } from "coppice";

/** Doubles a number, and takes as many ms as it says. */
export const double = operation(function* double(n: number) {
  yield* sleep(n);
  return n * 2;
});
