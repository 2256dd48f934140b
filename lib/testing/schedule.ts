/**
 * Schedules: what was chosen wherever there was a choice. Written as the choices that differ from first come, first
 * served: `3:1 7:2` takes the second of those that are ready at the third choice, and the third one at the seventh;
 * `3-5:1` takes the second one at the third, fourth and fifth choice.
 */
import { misuse, show } from "../errors/index.js";

/** One choice that differs: its number, from 1, and the place that was taken, from 1 for the second in line. */
export interface Deviation {
  readonly at: number;
  readonly place: number;
}

/** The text for the plain order. */
export const PLAIN = "plain";

export function writeSchedule(deviations: readonly Deviation[]): string {
  const spans: { from: number; to: number; place: number }[] = [];
  for (const { at, place } of deviations) {
    const last = spans[spans.length - 1];
    if (last?.to === at - 1 && last.place === place) last.to = at;
    else spans.push({ from: at, to: at, place });
  }
  const parts = spans.map(({ from, to, place }) => `${from === to ? from : `${from}-${to}`}:${place}`);
  return parts.length === 0 ? PLAIN : parts.join(" ");
}

/** How many choices one part of a schedule may name. */
const LONGEST_SPAN = 1_000_000;

/** @throws TypeError for what is no schedule */
export function readSchedule(text: string): Deviation[] {
  const parts = text.trim().split(/\s+/);
  if (parts.length === 1 && (parts[0] === PLAIN || parts[0] === "")) return [];
  return parts.flatMap((part) => {
    const [, first, last = first, place] = /^(\d{1,9})(?:-(\d{1,9}))?:(\d{1,9})$/.exec(part) ?? [];
    const [from, to] = [Number(first), Number(last)];
    if (!(from >= 1 && to >= from && to - from < LONGEST_SPAN)) {
      throw misuse("SCHEDULE", `replay() needs a seed, or a schedule such as "3:1 7:2", got ${show(text)}.`);
    }
    return Array.from({ length: to - from + 1 }, (_, i) => ({ at: from + i, place: Number(place) }));
  });
}

/** What was chosen in a run: the places, and of how many. */
export class Trace {
  readonly places: number[] = [];
  readonly counts: number[] = [];

  add(place: number, count: number): number {
    this.places.push(place);
    this.counts.push(count);
    return place;
  }

  get deviations(): Deviation[] {
    return this.places.flatMap((place, i) => (place === 0 ? [] : [{ at: i + 1, place }]));
  }

  /** A number that is the same for the same choices, and hardly ever for others. */
  get hash(): number {
    let [high, low] = [0x1b873593, 0x85ebca6b];
    for (const [i, place] of this.places.entries()) {
      const mixed = place * 31 + (this.counts[i] ?? 0);
      low = Math.imul(low ^ mixed, 0x01000193);
      high = Math.imul(high ^ low, 0x5bd1e995) + i;
    }
    return (high >>> 0) * 2 ** 20 + ((low >>> 0) & 0xfffff);
  }
}
