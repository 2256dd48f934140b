/** What a program has done, as text that two interpreters of it can be compared by. */

/** How an interpreter shows its values and errors. */
export interface Shapes {
  error(error: unknown): string;
}

export class Log {
  readonly lines: string[] = [];

  constructor(
    private readonly now: () => number,
    private readonly shapes: Shapes,
  ) {}

  note(id: number): void {
    this.#write(`${id}`);
  }

  gave(id: number, value: unknown): void {
    this.#write(`${id} gave ${this.show(value)}`);
  }

  caught(id: number, error: unknown): void {
    this.#write(`${id} caught ${this.shapes.error(error)}`);
  }

  cleanup(id: number): void {
    this.#write(`${id} cleans up`);
  }

  ended(how: string): void {
    this.#write(how);
  }

  show(value: unknown): string {
    if (Array.isArray(value)) return `(${value.map((one) => this.show(one)).join(" ")})`;
    if (typeof value !== "object" || value === null) return String(value);
    if (!("ok" in value)) return "an object";
    if (value.ok === true) return `ok ${this.show("value" in value ? value.value : undefined)}`;
    return `not ok ${this.shapes.error("error" in value ? value.error : undefined)}`;
  }

  #write(what: string): void {
    this.lines.push(`${this.now()}: ${what}`);
  }
}
