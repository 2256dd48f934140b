import {
  all,
  Broadcast,
  createChannel,
  LifoQueue,
  PriorityQueue,
  Queue,
  select,
  sleep,
  type Operation,
} from "coppice";
import { leaveNothing, three, type Scene } from "../support/swept.js";

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

leaveNothing(scenes);
