import { sleep, type Operation } from "coppice";
import type { Note } from "../support/story.js";

interface Lockable {
  acquire(): Operation<unknown>;
  release(): void;
}

/** Takes a lock or a permit, notes that it has it, holds it for a time and gives it back. */
export function taking(note: Note, name: string, lock: Lockable, ms = 0) {
  return function* take(): Operation<void> {
    yield* lock.acquire();
    note(name);
    if (ms > 0) yield* sleep(ms);
    lock.release();
  };
}
