/** Who gets the processor when there is not enough of it for all. */

/** `idle`: only when the program and its senders do not want it, as if it had a machine of its own. */
export type Priority = "usual" | "idle";

/** What a command is started with. */
export const startedWith = (priority: Priority): readonly string[] =>
  priority === "idle" ? ["chrt", "--idle", "0"] : [];
