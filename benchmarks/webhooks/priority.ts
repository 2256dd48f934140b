/** Who gets the processor when there is not enough of it for all. */
import { readFile, writeFile } from "node:fs/promises";

/** `idle`: only when the program and its senders do not want it, as if it had a machine of its own. */
export type Priority = (typeof PRIORITIES)[number];
export const PRIORITIES = ["usual", "idle"] as const;

/** What a command is started with. */
export const startedWith = (priority: Priority): readonly string[] =>
  priority === "idle" ? ["chrt", "--idle", "0"] : [];

const AUTOGROUP = "/proc/sys/kernel/sched_autogroup_enabled";

/**
 * Linux may give every session its fair share and look at priorities within a session only; each of PostgreSQL's
 * connections is one. Turns that off, where that is allowed.
 *
 * @returns what turns it on again; undefined where it stays on
 */
export async function acrossSessions(): Promise<(() => Promise<void>) | undefined> {
  const isGrouped = await readFile(AUTOGROUP, "utf8").then(
    (text) => text.trim() === "1",
    () => false,
  );
  if (!isGrouped) return () => Promise.resolve();
  return writeFile(AUTOGROUP, "0").then(
    () => () => writeFile(AUTOGROUP, "1"),
    () => undefined,
  );
}
