/** What became of the messages that a consumer took. */
export interface Consumed {
  /** All whose turn has come; each is answered in one of the next three ways. */
  taken: number;
  acknowledged: number;
  givenBack: number;
  /** They were no webhooks: without an id nobody can tell whether it is a repeat. */
  refused: number;
  /** Acknowledged, for the work has succeeded. */
  done: number;
  /** Known already, and only acknowledged. */
  repeated: number;
  /** Given back, for the work has failed. */
  failed: number;
  /** Their deadline had passed when they came. */
  late: number;
}

export const createConsumed = (): Consumed => ({
  taken: 0,
  acknowledged: 0,
  givenBack: 0,
  refused: 0,
  done: 0,
  repeated: 0,
  failed: 0,
  late: 0,
});

export const inHand = ({ taken, acknowledged, givenBack, refused }: Consumed): number =>
  taken - acknowledged - givenBack - refused;

export const describeConsumed = (consumed: Consumed): string =>
  (["taken", "done", "repeated", "failed", "late", "refused"] as const)
    .map((name) => `${name} ${String(consumed[name])}`)
    .join(", ");
