import { describe, expect, it } from "@jest/globals";
import {
  all,
  attempt,
  ChannelBroken,
  ChannelClosed,
  ChannelEnded,
  createChannel,
  forEach,
  operation,
  QueueShutDown,
  sleep,
  spawn,
  timeout,
  type Operation,
  type Receiver,
  type Sender,
} from "coppice";
import { answersSixQuestions, atOnce } from "../support/six-questions.js";
import { simulate } from "../support/virtual.js";

const ended = new ChannelEnded(
  'Cannot receive from channel "pipe": all send ends are closed and nothing is left.',
);
const broken = new ChannelBroken('Cannot send to channel "pipe": all receive ends are closed.');
const closedSender = new ChannelClosed('Cannot send to channel "pipe": this end was closed.');
const closedReceiver = new ChannelClosed('Cannot receive from channel "pipe": this end was closed.');

function pipe(capacity = Infinity): readonly [Sender<number>, Receiver<number>] {
  return createChannel<number>({ name: "pipe", capacity });
}

function thrownBy(act: () => unknown): unknown {
  try {
    act();
    return "nothing";
  } catch (error) {
    return error;
  }
}

/** What both forms of sending throw. */
function* sending(sender: Sender<number>): Operation<unknown[]> {
  const waited = yield* attempt(sender.send(9));
  return [waited.ok ? "nothing" : waited.error, thrownBy(() => sender.trySend(9))];
}

/** What both forms of receiving throw. */
function* receiving(receiver: Receiver<number>): Operation<unknown[]> {
  const waited = yield* attempt(receiver.receive());
  return [waited.ok ? "nothing" : waited.error, thrownBy(() => receiver.tryReceive())];
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

describe("Sender.close", () => {
  it("fails what waits at this end and what comes, and lets receivers have what is left", async () => {
    const [sender, receiver] = pipe(1);
    await simulate(function* () {
      yield* sender.send(1);
      const waiting = yield* spawn(attempt(sender.send(2)));
      yield* sleep(1);
      sender.close();
      sender.close();
      expect(yield* waiting).toEqual({ ok: false, error: closedSender });
      expect(yield* sending(sender)).toEqual([closedSender, closedSender]);
      expect(thrownBy(() => sender.clone())).toEqual(closedSender);
      expect(yield* receiver.receive()).toBe(1);
      expect(yield* receiving(receiver)).toEqual([ended, ended]);
    });
    expect([sender.isClosed, receiver.isClosed]).toEqual([true, false]);
  });

  it("of one of several fails what waits there, and nothing that waits at the others", async () => {
    const [one, receiver] = pipe(0);
    const other = one.clone();
    await simulate(function* () {
      const nope = yield* spawn(attempt(one.send(1)));
      const okay = yield* spawn(attempt(other.send(2)));
      yield* sleep(1);
      one.close();
      expect(yield* receiver.receive()).toBe(2);
      expect([yield* nope, yield* okay]).toEqual([
        { ok: false, error: closedSender },
        { ok: true, value: undefined },
      ]);
    });
  });

  it("is what `using` does", () => {
    const [sender] = pipe();
    sender[Symbol.dispose]();
    expect(sender.isClosed).toBe(true);
  });
});

describe("Receiver.close", () => {
  it("of the last one drops what is left, and fails what waits to send and what comes", async () => {
    const [sender, receiver] = pipe(1);
    await simulate(function* () {
      yield* sender.send(1);
      const waiting = yield* spawn(attempt(sender.send(2)));
      yield* sleep(1);
      receiver.close();
      expect(yield* waiting).toEqual({ ok: false, error: broken });
      expect(yield* sending(sender)).toEqual([broken, broken]);
      expect(yield* receiving(receiver)).toEqual([closedReceiver, closedReceiver]);
      expect(sender.statistics()).toMatchObject({ size: 0, senders: 1, receivers: 0 });
    });
  });

  it("of one of several fails what waits there, and nothing that waits at the others", async () => {
    const [sender, one] = pipe(0);
    const other = one.clone();
    await simulate(function* () {
      const nope = yield* spawn(attempt(one.receive()));
      const okay = yield* spawn(attempt(other.receive()));
      yield* sleep(1);
      one.close();
      yield* sender.send(1);
      expect([yield* nope, yield* okay]).toEqual([
        { ok: false, error: closedReceiver },
        { ok: true, value: 1 },
      ]);
    });
  });

  it("leaves the channel open as long as a clone is", () => {
    const [sender, first] = pipe(10);
    const [second, third] = [first.clone(), first.clone()];
    sender.trySend(1);
    first.close();
    second[Symbol.dispose]();
    expect([thrownBy(() => first.clone()), thrownBy(() => second.clone())]).toEqual([
      closedReceiver,
      closedReceiver,
    ]);
    expect(sender.trySend(2)).toBe(true);
    third.close();
    expect(thrownBy(() => sender.trySend(3))).toEqual(broken);
  });

  it("wakes those that wait at the other end, within the call, when it comes from outside all tasks", () => {
    const [sender, receiver] = pipe(0);
    const log: unknown[] = [];
    void simulate(function* () {
      log.push(yield* attempt(sender.send(1)));
    });
    receiver.close();
    expect(log).toEqual([{ ok: false, error: broken }]);
  });
});

describe("ChannelEnded", () => {
  it("is a QueueShutDown: what loops over queues loops over channels", () => {
    expect([ended instanceof QueueShutDown, ended.name, ended.code]).toEqual([
      true,
      "ChannelEnded",
      "COPPICE_QUEUE_SHUT_DOWN",
    ]);
  });
});

describe("statistics of a channel", () => {
  it("say how full it is, how many ends are open, and who waits", async () => {
    const [sender, receiver] = pipe(2);
    const other = sender.clone();
    const state = (): unknown => {
      const { size, senders, receivers, sending, receiving } = receiver.statistics();
      return [size, senders, receivers, sending.map(({ name }) => name), receiving.map(({ name }) => name)];
    };
    await simulate(function* () {
      expect(sender.statistics()).toEqual(receiver.statistics());
      expect(state()).toEqual([0, 2, 1, [], []]);
      sender.close();
      for (const item of [1, 2]) other.trySend(item);
      const waiting = yield* spawn(other.send(3), { name: "sends" });
      yield* sleep(1);
      expect(state()).toEqual([2, 1, 1, ["sends"], []]);
      yield* waiting.cancel();
      for (const item of [1, 2]) expect(receiver.tryReceive()).toEqual({ value: item });
      const receivesToo = yield* spawn(receiver.clone().receive(), { name: "receives" });
      yield* sleep(1);
      expect(state()).toEqual([0, 1, 2, [], ["receives"]]);
      yield* receivesToo.cancel();
    });
    expect(state()).toEqual([0, 1, 2, [], []]);
  });
});
