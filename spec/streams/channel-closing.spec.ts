import { describe, expect, it } from "@jest/globals";
import {
  attempt,
  ChannelBroken,
  ChannelClosed,
  ChannelEnded,
  createChannel,
  QueueShutDown,
  sleep,
  spawn,
  type Operation,
  type Receiver,
  type Sender,
} from "coppice";
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
