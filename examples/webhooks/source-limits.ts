/** How many webhooks each source may send in a second. */
import { RateLimit } from "coppice";

const SECOND_MS = 1_000;
/** Sources are made up by whoever sends: the one that has been known for longest is forgotten. */
const MOST_SOURCES = 10_000;

export class SourceLimits {
  readonly #perSecond: number;
  readonly #limits = new Map<string, RateLimit>();

  /** @param perSecond - `Infinity` for no limit */
  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  /** Whether the source may send one more now. */
  tryEnter(source: string): boolean {
    if (this.#perSecond === Infinity) return true;
    return this.#limitOf(source).tryAcquire();
  }

  #limitOf(source: string): RateLimit {
    const known = this.#limits.get(source);
    if (known !== undefined) return known;
    const limit = new RateLimit(this.#perSecond, SECOND_MS, { name: source });
    if (this.#limits.size >= MOST_SOURCES) {
      for (const oldest of this.#limits.keys()) {
        this.#limits.delete(oldest);
        break;
      }
    }
    this.#limits.set(source, limit);
    return limit;
  }
}
