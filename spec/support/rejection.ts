/** Failures as they are, for specs that look at the error itself. */
import { ExceptionGroup } from "coppice";

/** What a promise rejects with. */
export async function rejectionOf(promise: PromiseLike<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("did not fail");
}

/** The group that a promise rejects with. */
export async function rejectedGroup(promise: PromiseLike<unknown>): Promise<ExceptionGroup> {
  const error = await rejectionOf(promise);
  if (error instanceof ExceptionGroup) return error;
  throw new Error("did not throw a group", { cause: error });
}
