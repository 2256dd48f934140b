/** Errors of three classes, in a flat group and in a nested one. */
import { ExceptionGroup } from "coppice";

export class ValueError extends Error {}

export const values = [1, 2].map((n) => new ValueError(`v${n}`));
export const type = new TypeError("t");
export const range = new RangeError("r");
export const flat = new ExceptionGroup([...values.slice(0, 1), type, ...values.slice(1)], "flat");
export const nested = new ExceptionGroup(
  [new ExceptionGroup([values[0], type], "inner"), new ExceptionGroup([range], "other"), values[1]],
  "root",
);
