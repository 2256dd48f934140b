/** A group in a group, and what groups look like. */
import { ExceptionGroup } from "coppice";

export class HttpError extends Error {}
export class NotFound extends HttpError {}

/** The messages in a group, nested as the errors are. */
type Shape = string | Shape[];

export function shapeOf(error: unknown): Shape {
  if (error instanceof AggregateError) return error.errors.map(shapeOf);
  return error instanceof Error ? error.message : String(error);
}

export function nested() {
  const http = [new HttpError("a"), new NotFound("b")] as const;
  const type = [new TypeError("c"), new TypeError("d")] as const;
  const inner = new ExceptionGroup([http[1], type[1]], "inner");
  const group = new ExceptionGroup([http[0], type[0], inner], "outer", { cause: "the cause" });
  return { group, inner, http, type };
}
