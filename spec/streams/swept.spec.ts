import { describe, expect, it } from "@jest/globals";
import {
  all,
  Broadcast,
  createChannel,
  LifoQueue,
  PriorityQueue,
  Queue,
  select,
  sleep,
  taskGroup,
  type Operation,
} from "coppice";
import { cancelEverywhere, explore } from "coppice/testing";

/** What is run, and what has to hold when it has ended, whatever was cancelled at whatever moment. */
interface Scene {
  readonly run: () => Operation<unknown>;
  /** What is left of it, as text: holders, waiters, items that are nowhere. */
  readonly left: () => string;
  readonly clean: string;
  /** Whether a task waits for its partners: then only all of them are cancelled, and not one alone. */
  readonly isMutual?: boolean;
}

/** Three tasks that want the same thing at the same time. */
function* three(use: (n: number) => Operation<unknown>): Operation<void> {
  yield* taskGroup(function* (group) {
    for (const n of [1, 2, 3]) group.spawn(() => use(n), { name: `task ${n}` });
  });
}

/** Items have to be put or not, and taken once or still there. */
function items(
  put: (item: number) => Operation<void>,
  get: () => Operation<number>,
  rest: () => number,
): Scene {
  let sent = 0;
  let taken = 0;
  return {
    run: () =>
      all([
        function* () {
          for (let n = 0; n < 3; n++) {
            yield* put(n);
            sent++;
          }
        },
        function* () {
          for (let n = 0; n < 3; n++) {
            yield* get();
            taken++;
          }
        },
      ]),
    // A put or get that had completed when the cancellation landed behind it is not counted by its task.
    left: () => (Math.abs(sent - taken - rest()) <= 1 ? "none lost" : `${sent} ${taken} ${rest()}`),
    clean: "none lost",
    isMutual: true,
  };
}

const scenes: [string, () => Scene][] = [];

for (const [name, make] of [
  ["Queue", () => new Queue<number>({ capacity: 1 })],
  ["LifoQueue", () => new LifoQueue<number>({ capacity: 1 })],
  ["PriorityQueue", () => new PriorityQueue<number>({ capacity: 1 })],
  ["a rendezvous Queue", () => new Queue<number>({ capacity: 0 })],
] as const) {
  scenes.push([
    name,
    () => {
      const queue = make();
      return items(
        (item) => queue.put(item),
        () => queue.get(),
        () => queue.size,
      );
    },
  ]);
}
scenes.push(
  [
    "createChannel",
    () => {
      const [sender, receiver] = createChannel<number>({ capacity: 1 });
      return items(
        (item) => sender.send(item),
        () => receiver.receive(),
        () => sender.statistics().size,
      );
    },
  ],
  [
    "Broadcast",
    () => {
      const broadcast = new Broadcast<number>({ capacity: 1 });
      return {
        run: () =>
          three(function* (n) {
            if (n === 3) for (const item of [1, 2, 3]) yield* broadcast.put(item);
            const subscription = yield* broadcast.subscribe();
            if (n !== 3) yield* select([subscription.get(), sleep(5)]);
          }),
        left: () => `${broadcast.subscribers} subscribed, ${broadcast.statistics().putting.length} waiting`,
        clean: "0 subscribed, 0 waiting",
      };
    },
  ],
);

describe.each(scenes)("%s", (_, make) => {
  it("is safe against a cancel at every yield point, before it waits, while it does, and when it was handed over", async () => {
    let scene = make();
    const report = await cancelEverywhere(() => (scene = make()).run(), {
      tasks: scene.isMutual !== true,
      check: () => expect(scene.left()).toBe(scene.clean),
    });
    expect(report.runs).toBeGreaterThan(report.points);
  });

  it("is left as clean in any order of tasks and timers", async () => {
    let scene = make();
    const report = await explore(() => (scene = make()).run(), {
      runs: 200,
      check: () => expect(scene.left()).toBe(scene.clean),
    });
    expect(report.runs).toBeGreaterThan(0);
  });
});
