import { describe, expect, it } from "@jest/globals";
import {
  all,
  ChannelBroken,
  ChannelEnded,
  createChannel,
  forEach,
  operation,
  sleep,
  spawn,
  timeout,
  type Receiver,
  type Sender,
} from "coppice";
import { answersSixQuestions, atOnce } from "../support/six-questions.js";
import { simulate } from "../support/virtual.js";

const ended = new ChannelEnded(
  'Cannot receive from channel "pipe": all send ends are closed and nothing is left.',
);
const broken = new ChannelBroken('Cannot send to channel "pipe": all receive ends are closed.');
function pipe(capacity = Infinity): readonly [Sender<number>, Receiver<number>] {
  return createChannel<number>({ name: "pipe", capacity });
}

describe("Receiver.receive", () => {
  answersSixQuestions(
    () => {
      const [sender, receiver] = pipe();
      return {
        operation: receiver.receive(),
        complete: atOnce(() => receiver.statistics().size === 0 && sender.trySend(1)),
        fail: atOnce(() => sender.close()),
        left: () => receiver.statistics().receiving.length,
      };
    },
    { value: 1, error: ended },
  );
});

describe("Sender.send", () => {
  answersSixQuestions(
    () => {
      const [sender, receiver] = pipe(0);
      return {
        operation: sender.send(1),
        complete: atOnce(() => receiver.tryReceive()),
        fail: atOnce(() => receiver.close()),
        left: () => sender.statistics().sending.length,
      };
    },
    { value: undefined, error: broken },
  );
});

describe("createChannel", () => {
  it("makes a queue with two ends", async () => {
    const [sender, receiver] = pipe(2);
    await simulate(function* () {
      expect(sender.trySend(1)).toBe(true);
      yield* sender.send(2);
      expect(sender.trySend(3)).toBe(false);
      expect(yield* receiver.receive()).toBe(1);
      expect(receiver.tryReceive()).toEqual({ value: 2 });
      expect(receiver.tryReceive()).toBeUndefined();
    });
    expect([sender.name, receiver.name]).toEqual(["pipe", "pipe"]);
  });

  it("gives an item that a cancelled receiver has not taken to the next", async () => {
    const [sender, receiver] = pipe(1);
    await simulate(function* () {
      expect(yield* timeout(10, receiver.receive(), { otherwise: "timed out" })).toBe("timed out");
      yield* sender.send(1);
      expect(yield* receiver.receive()).toBe(1);
    });
  });

  it("lets nobody past those that wait, on either side", async () => {
    const [sender, receiver] = pipe(1);
    await simulate(function* () {
      const receiverWaiting = yield* spawn(receiver.receive());
      yield* sleep(1);
      sender.trySend(1);
      expect(receiver.tryReceive()).toBeUndefined();
      expect(yield* receiverWaiting).toBe(1);
      sender.trySend(2);
      const senderWaiting = yield* spawn(sender.send(3));
      yield* sleep(1);
      expect(receiver.tryReceive()).toEqual({ value: 2 });
      expect(sender.trySend(4)).toBe(false);
      yield* senderWaiting;
      expect(yield* receiver.receive()).toBe(3);
    });
  });

  it("holds nothing with capacity 0: items go from task to task", async () => {
    const [sender, receiver] = pipe(0);
    await simulate(function* () {
      expect([receiver.tryReceive(), sender.trySend(1)]).toEqual([undefined, false]);
      yield* spawn(sender.send(1));
      expect(yield* receiver.receive()).toBe(1);
      expect(receiver.tryReceive()).toBeUndefined();
    });
  });

  it("serves several producers that close their own ends, until the last one has", async () => {
    const [sender, receiver] = pipe(0);
    const produce = operation(function* (own: Sender<number>, first: number) {
      for (let item = first; item < first + 3; item++) yield* own.send(item);
      own.close();
    });
    const got: number[] = [];
    await simulate(function* () {
      for (let i = 0; i < 10; i++) yield* spawn(produce(sender.clone(), 3 * i));
      sender.close();
      yield* forEach(receiver, function* (item) {
        got.push(item);
      });
    });
    expect(got.sort((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, i) => i));
  });

  it("serves several consumers in turn, each item to one", async () => {
    const [sender, receiver] = pipe(1);
    const got: [number, number][] = [];
    await simulate(function* () {
      const consumers = [];
      for (let i = 0; i < 5; i++) {
        consumers.push(
          yield* spawn(
            forEach(receiver.clone(), function* (item) {
              got.push([i, item]);
            }),
          ),
        );
      }
      yield* sleep(1);
      for (let item = 0; item < 10; item++) yield* sender.send(item);
      sender.close();
      yield* all(consumers);
    });
    expect(new Set(got.map(([consumer]) => consumer)).size).toBe(5);
    expect(got.map(([, item]) => item).sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it("E5 refuses capacities that make no sense, and misspelt options", () => {
    expect(() => createChannel({ capacity: -1 })).toThrow(
      "createChannel() needs a whole number of at least 0 as `capacity`, got -1.",
    );
    expect(() => createChannel({ capacity: 1.5 })).toThrow(RangeError);
    // @ts-expect-error no such option
    expect(() => createChannel({ max: 1 })).toThrow('createChannel() has no option "max".');
  });
});
