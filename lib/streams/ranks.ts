/** The order of a priority queue that was given none: of numbers, texts, bigints, dates, and of arrays place by place. */
import { misuse, show } from "../errors/index.js";

/** Refuses what has no place in the order: it would come out at a place that means nothing. */
export function checkRank(queue: string, item: unknown): void {
  const rank = Array.isArray(item) ? (item[0] as unknown) : item;
  if (kindOf(rank) !== null) return;
  throw misuse(
    "NO_RANK",
    `Cannot put ${show(item)} into priority queue "${queue}": it has no order of its own. Put [priority, item], or make the queue with \`compare\`.`,
  );
}

/** Compares two items as for `Array.sort`; arrays as far as their places have an order, from there on as equal. */
export function compareRanks(one: unknown, other: unknown): number {
  if (!Array.isArray(one) || !Array.isArray(other)) return compareSingle(one, other);
  const shared = Math.min(one.length, other.length);
  for (let i = 0; i < shared; i++) {
    const kind = kindOf(one[i]);
    if (i > 0 && (kind === null || kind !== kindOf(other[i]))) return 0;
    const order = compareSingle(one[i], other[i]);
    if (order !== 0) return order;
  }
  return one.length - other.length;
}

function compareSingle(one: unknown, other: unknown): number {
  const kind = kindOf(one);
  if (kind === null || kind !== kindOf(other)) {
    throw misuse(
      "NO_ORDER",
      `A priority queue cannot order ${show(one)} and ${show(other)}. Put items of one kind, or make the queue with \`compare\`.`,
    );
  }
  // Both are of one kind that `<` orders.
  const [left, right] = [one as number, other as number];
  if (left < right) return -1;
  return left > right ? 1 : 0;
}

/** The kind of order that a value has, or null. */
function kindOf(value: unknown): string | null {
  if (typeof value === "number") return Number.isNaN(value) ? null : "number";
  if (typeof value === "bigint") return "number";
  if (typeof value === "string") return "string";
  return value instanceof Date && !Number.isNaN(value.getTime()) ? "date" : null;
}
