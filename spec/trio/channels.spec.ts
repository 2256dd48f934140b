import { describe } from "@jest/globals";
import {
  attempt,
  createChannel,
  sleep,
  spawn,
  taskGroup,
  timeout,
  type Operation,
  type Receiver,
} from "coppice";
import { noted } from "../support/doings.js";
import { shapeOf, stories, type Note } from "../support/story.js";

function plain(note: Note, what: string, act: () => unknown): void {
  try {
    const given = act();
    note(`${what}: ${given === true ? "ok" : given === false || given === undefined ? "would wait" : "ok"}`);
  } catch (error) {
    note(`${what}: ${shapeOf(error)}`);
  }
}

function consuming(note: Note, name: string, receiver: Receiver<number>) {
  return function* consume(): Operation<void> {
    for (let got = yield* attempt(receiver.receive()); got.ok; got = yield* attempt(receiver.receive())) {
      note(`${name} ${got.value}`);
    }
  };
}

describe("Trio's memory channel", () => {
  stories([
    ...([1.5, -1, NaN] as const).map(
      (capacity) =>
        [
          `refuses a capacity of ${capacity}`,
          function* () {
            createChannel({ capacity });
          },
          "! COUNT",
        ] as const,
    ),
    [
      "sends, receives, and says when it would have to wait",
      function* (note) {
        const [sender, receiver] = createChannel<number>({ capacity: 2 });
        plain(note, "trySend", () => sender.trySend(1));
        yield* noted(note, "send", sender.send(2));
        plain(note, "trySend", () => sender.trySend(3));
        note(yield* receiver.receive());
        plain(note, "tryReceive", () => receiver.tryReceive());
        plain(note, "tryReceive", () => receiver.tryReceive());
      },
      "trySend: ok, send: undefined, trySend: would wait, 1, tryReceive: ok, tryReceive: would wait",
    ],
    [
      "a closed send end refuses to send and to be cloned; closing twice is nothing",
      function* (note) {
        const [sender] = createChannel<number>();
        sender.close();
        sender.close();
        yield* noted(note, "send", sender.send(1));
        plain(note, "trySend", () => sender.trySend(1));
        plain(note, "clone", () => sender.clone());
      },
      "send: ChannelClosed, trySend: ChannelClosed, clone: ChannelClosed",
    ],
    [
      "what was sent before the end can be received, then it has ended",
      function* (note) {
        const [sender, receiver] = createChannel<string>();
        sender.trySend("last");
        sender.close();
        yield* noted(note, "receive", receiver.receive());
        yield* noted(note, "receive", receiver.receive());
        plain(note, "tryReceive", () => receiver.tryReceive());
      },
      "receive: last, receive: ChannelEnded, tryReceive: ChannelEnded",
    ],
    [
      "a closed receive end refuses to receive and to be cloned",
      function* (note) {
        const [, receiver] = createChannel<number>();
        receiver.close();
        receiver.close();
        yield* noted(note, "receive", receiver.receive());
        plain(note, "tryReceive", () => receiver.tryReceive());
        plain(note, "clone", () => receiver.clone());
      },
      "receive: ChannelClosed, tryReceive: ChannelClosed, clone: ChannelClosed",
    ],
    [
      "a receive that was cut by a deadline leaves nothing behind",
      function* (note) {
        const [sender, receiver] = createChannel<string>({ capacity: 1 });
        yield* noted(note, "receive", timeout(10, receiver.receive()));
        yield* sender.send("kept");
        note(receiver.statistics().size);
      },
      "receive: TimeoutError@10, 1@10",
    ],
    [
      "several producers, each closes its clone: it ends by itself when all have",
      function* () {
        const [sender, receiver] = createChannel<number>({ capacity: 0 });
        const got: number[] = [];
        yield* taskGroup(function* (group) {
          for (let i = 0; i < 10; i++) {
            const end = sender.clone();
            group.spawn(function* () {
              for (let j = 3 * i; j < 3 * i + 3; j++) yield* end.send(j);
              end.close();
            });
          }
          sender.close();
          yield* consuming((text) => got.push(Number(String(text).slice(1))), "", receiver)();
        });
        return got.sort((a, b) => a - b).every((value, i) => value === i) && got.length;
      },
      "= 30",
    ],
    [
      "several consumers share the items, one each",
      function* (note) {
        yield* taskGroup(function* (group) {
          const [sender, receiver] = createChannel<number>({ capacity: 1 });
          for (const name of ["a", "b", "c"]) group.spawn(consuming(note, name, receiver));
          yield* sleep(1);
          for (let i = 0; i < 6; i++) yield* sender.send(i);
          sender.close();
        });
      },
      "a 0@1, a 3@1, a 4@1, b 1@1, c 2@1, a 5@1",
    ],
    [
      "without a capacity sends all day without waiting",
      function* (note) {
        const [sender, receiver] = createChannel<number>();
        for (let i = 0; i < 10; i++)
          plain(
            () => undefined,
            "",
            () => sender.trySend(i),
          );
        sender.close();
        yield* consuming((text) => note(text), "", receiver)();
      },
      " 0,  1,  2,  3,  4,  5,  6,  7,  8,  9",
    ],
    [
      "a rendezvous: neither end goes on without the other",
      function* (note) {
        const [sender, receiver] = createChannel<number>({ capacity: 0 });
        plain(note, "tryReceive", () => receiver.tryReceive());
        plain(note, "trySend", () => sender.trySend(1));
        yield* spawn(sender.send(2));
        yield* sleep(1);
        note(yield* receiver.receive());
        plain(note, "tryReceive", () => receiver.tryReceive());
      },
      "tryReceive: would wait, trySend: would wait, 2@1, tryReceive: would wait@1",
    ],
  ]);
});

describe("Trio's memory channel: fairness and statistics", () => {
  stories([
    [
      "an item can be taken back when nobody waits for it",
      function* () {
        const [sender, receiver] = createChannel<number>({ capacity: 1 });
        sender.trySend(1);
        const first = receiver.tryReceive()?.value;
        sender.trySend(2);
        return [first, receiver.tryReceive()?.value];
      },
      "= 1,2",
    ],
    [
      "an item that a waiting receiver owns cannot",
      function* (note) {
        const [sender, receiver] = createChannel<number>({ capacity: 1 });
        const waiting = yield* spawn(receiver.receive());
        yield* sleep(1);
        sender.trySend(2);
        plain(note, "tryReceive", () => receiver.tryReceive());
        note(yield* waiting);
      },
      "tryReceive: would wait@1, 2@1",
    ],
    [
      "room that a waiting sender owns cannot be taken either",
      function* (note) {
        const [sender, receiver] = createChannel<number>({ capacity: 1 });
        sender.trySend(1);
        yield* spawn(sender.send(2));
        yield* sleep(1);
        note(receiver.tryReceive()?.value);
        plain(note, "trySend", () => sender.trySend(3));
        note(yield* receiver.receive());
      },
      "1@1, trySend: would wait@1, 2@1",
    ],
    [
      "tells how full it is, how many ends are open, and who waits, on either end",
      function* (note) {
        const [sender, receiver] = createChannel<number>({ capacity: 2 });
        const told = () => {
          const { size, capacity, senders, receivers, sending, receiving } = sender.statistics();
          note([`${size}/${capacity}`, senders, receivers, sending.length, receiving.length].join(" "));
        };
        told();
        sender.trySend(1);
        const second = sender.clone();
        const other = receiver.clone();
        told();
        second.close();
        other.close();
        sender.trySend(2);
        const putting = [yield* spawn(sender.send(3)), yield* spawn(sender.send(4))];
        yield* sleep(1);
        told();
        for (const task of putting) yield* task.cancel();
        told();
        while (receiver.tryReceive() !== undefined);
        const getting = yield* spawn(receiver.receive());
        yield* sleep(1);
        told();
        yield* getting.cancel();
        note(JSON.stringify(sender.statistics()) === JSON.stringify(receiver.statistics()));
      },
      "0/2 1 1 0 0, 1/2 2 2 0 0, 2/2 1 1 2 0@1, 2/2 1 1 0 0@1, 0/2 1 1 0 1@2, true@2",
    ],
  ]);
});
