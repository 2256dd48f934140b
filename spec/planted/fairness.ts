/** First come, first served, as it can be told in every order of tasks: by the clock. */
import { now } from "coppice";

interface Turn {
  readonly askedAt: number;
  gotAt: number | null;
}

/** Notes who asks and who gets, and when. */
export class Turns {
  readonly #turns: Turn[] = [];

  /** Somebody asks; call what it gives when that one is served. */
  ask(): () => void {
    const turn: Turn = { askedAt: now(), gotAt: null };
    this.#turns.push(turn);
    return () => {
      turn.gotAt = now();
    };
  }

  /** Pairs in which the one that asked earlier was served later, as text. */
  get overtakings(): string[] {
    const served = this.#turns.filter((turn): turn is Turn & { gotAt: number } => turn.gotAt !== null);
    return served.flatMap((early) =>
      served
        .filter((late) => early.askedAt < late.askedAt && early.gotAt > late.gotAt)
        .map((late) => `asked at ${late.askedAt}, served before one that asked at ${early.askedAt}`),
    );
  }
}
