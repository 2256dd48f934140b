/** What a running program tells, and the laws that can be checked as it tells it. */
import { ExceptionGroup, type Task } from "coppice";
import { nodeOf } from "../../lib/kernel/index.js";
import type { Log } from "./log.js";

/** An error that a program throws. */
export class ProgramError extends Error {
  constructor(readonly id: number) {
    super(`error ${id}`);
  }
}

export class Tracer {
  readonly violations: string[] = [];
  readonly tasks = new Map<number, Task<unknown>>();
  /** The errors that were thrown, and those that somebody got. */
  readonly thrown = new Set<number>();
  readonly seen = new Set<number>();
  readonly put = new Set<number>();
  readonly items: number[] = [];
  readonly #done = new Set<number>();
  /** Cleanups that have been registered and have not begun: of `finally` blocks, and by boundary. */
  readonly #entered = new Set<number>();
  readonly #ensured = new Map<number, number[]>();

  constructor(readonly log: Log) {}

  note(id: number): void {
    this.#once(id);
    this.log.note(id);
  }

  gave(id: number, value: unknown): void {
    this.#once(id);
    this.#look(value);
    this.log.gave(id, value);
  }

  puts(id: number, nothing: unknown): void {
    this.put.add(id);
    this.gave(id, nothing);
  }

  got(id: number, item: number): void {
    this.items.push(item);
    this.gave(id, item);
  }

  error(id: number): ProgramError {
    this.thrown.add(id);
    return new ProgramError(id);
  }

  caught(id: number, error: unknown): void {
    this.saw(error);
    this.#atRest();
    this.log.caught(id, error);
  }

  enters(id: number): void {
    this.#entered.add(id);
  }

  cleanup(id: number): void {
    if (!this.#entered.delete(id)) this.violations.push(`cleanup ${id} has run twice`);
    this.#atRest();
    this.log.cleanup(id);
  }

  ensures(owner: number, id: number): void {
    const line = this.#ensured.get(owner) ?? [];
    this.#ensured.set(owner, [...line, id]);
  }

  ensured(owner: number, id: number): void {
    if (this.#ensured.get(owner)?.pop() !== id)
      this.violations.push(`cleanup ${id} has run twice, or out of order`);
    this.#atRest();
    this.log.cleanup(id);
  }

  spawned(id: number, task: Task<unknown>): void {
    this.tasks.set(id, task);
  }

  started(id: number): void {
    this.#once(-id);
  }

  task(id: number): Task<unknown> {
    const task = this.tasks.get(id);
    if (task === undefined) throw new Error(`Task ${id} was not spawned.`);
    return task;
  }

  cancel(id: number): void {
    void this.task(id).cancel();
  }

  /** Notes whose errors somebody got; each is in a group once. */
  saw(error: unknown): void {
    if (error instanceof ProgramError) this.seen.add(error.id);
    if (!(error instanceof ExceptionGroup)) return;
    if (new Set(error.errors).size < error.errors.length)
      this.violations.push("an error is in a group twice");
    for (const one of error.errors) this.saw(one);
  }

  /** What has to be over when the program is. */
  finish(): void {
    for (const id of this.#entered) this.violations.push(`cleanup ${id} has not run`);
    for (const id of [...this.#ensured.values()].flat()) this.violations.push(`cleanup ${id} has not run`);
  }

  /** No task outlives its scope. */
  #atRest(): void {
    for (const [id, task] of this.tasks) {
      const { outcome, owner } = nodeOf(task);
      if (outcome === null && (owner === null || owner.state === "closed"))
        this.violations.push(`task ${id} has outlived its scope`);
    }
  }

  #once(id: number): void {
    if (this.#done.has(id)) this.violations.push(`${id} has happened twice`);
    this.#done.add(id);
    this.#atRest();
  }

  #look(value: unknown): void {
    if (Array.isArray(value)) value.forEach((one) => this.#look(one));
    else if (typeof value === "object" && value !== null && "error" in value) this.saw(value.error);
  }
}
