import type { Operable } from "coppice";
import { rejectionOf } from "../support/rejection.js";
import { simulate } from "../support/virtual.js";

/** The error that an operation fails with. */
export async function errorOf(op: Operable<unknown>): Promise<Error> {
  const error = await rejectionOf(simulate(op));
  if (error instanceof Error) return error;
  throw new Error("did not fail with an Error", { cause: error });
}
