import { inspect } from "node:util";

/** Why something failed, in one line; also for what Node throws without a message, and PGlite as no error at all. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return [...new Set(error.errors.map(reasonOf))].join("; ");
  if (error instanceof Error) return error.message || error.name;
  return typeof error === "string" ? error : inspect(error, { breakLength: Infinity });
}

/** An address as it may be shown: without user name and password. */
export function withoutPassword(url: string): string {
  const { host, pathname } = new URL(url);
  return `${host}${pathname === "/" ? "" : pathname}`;
}

/** An address as it may be shown that has no password, but may have a token among its parameters. */
export function withoutParameters(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname === "/" ? "" : pathname}`;
}
