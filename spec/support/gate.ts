/** A wait that a spec opens by hand: built through the library's public door, as a user would build one. */
import { Wait, waiting, type Operation, type WaitDescription } from "coppice";

class GateWait<T> extends Wait<T> {
  constructor(private readonly gate: Gate<T>) {
    super();
  }

  begin(): void {
    this.gate.waits.add(this);
  }

  withdraw(): boolean {
    this.gate.waits.delete(this);
    return true;
  }

  describe(): WaitDescription {
    return { kind: "gate", on: this.gate.name };
  }
}

export class Gate<T = void> {
  readonly waits = new Set<Wait<T>>();
  /** Waits until the gate is opened; every run waits anew. */
  readonly pass: Operation<T> = waiting(() => new GateWait(this));

  constructor(readonly name = "gate") {}

  /** How many tasks wait at it. */
  get waiting(): number {
    return this.waits.size;
  }

  open(value: T): void {
    for (const wait of this.#all()) wait.succeed(value);
  }

  fail(error: unknown): void {
    for (const wait of this.#all()) wait.fail(error);
  }

  #all(): Wait<T>[] {
    const all = [...this.waits];
    this.waits.clear();
    return all;
  }
}
