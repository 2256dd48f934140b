import { Wait, type WaitDescription } from "../kernel/index.js";

/** What is known of operations that run at the same time, of which one is enough. */
export interface Contestants {
  waiting: Finish | null;
  /** Settles who waits when it is decided. */
  look(): void;
}

/** Waits until one of the contestants has crossed the line, or none is left that could. */
export class Finish extends Wait<unknown> {
  constructor(
    private readonly contestants: Contestants,
    private readonly kind: string,
  ) {
    super();
  }

  begin(): void {
    this.contestants.waiting = this;
    this.contestants.look();
  }

  withdraw(): boolean {
    this.contestants.waiting = null;
    return true;
  }

  describe(): WaitDescription {
    return { kind: this.kind };
  }
}
