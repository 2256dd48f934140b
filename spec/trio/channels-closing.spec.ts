import { describe } from "@jest/globals";
import { createChannel, sleep, spawn } from "coppice";
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

describe("Trio's memory channel: closing", () => {
  const open = () => createChannel<string>({ capacity: 0 });
  stories([
    [
      "a send end fails its own sends, and the receivers see the end",
      function* (note) {
        const [sender, receiver] = open();
        yield* spawn(noted(note, "send", sender.send("x")));
        yield* sleep(1);
        sender.close();
        yield* sleep(1);
        yield* noted(note, "again", sender.send("x"));
        yield* noted(note, "receive", receiver.receive());
        plain(note, "tryReceive", () => receiver.tryReceive());
      },
      "send: ChannelClosed@1, again: ChannelClosed@2, receive: ChannelEnded@2, tryReceive: ChannelEnded@2",
    ],
    [
      "the receive end breaks the channel for those who send",
      function* (note) {
        const [sender, receiver] = open();
        yield* spawn(noted(note, "send", sender.send("x")));
        yield* sleep(1);
        receiver.close();
        yield* sleep(1);
        yield* noted(note, "again", sender.send("x"));
        plain(note, "trySend", () => sender.trySend("x"));
      },
      "send: ChannelBroken@1, again: ChannelBroken@2, trySend: ChannelBroken@2",
    ],
    [
      "a receive end fails its own receives",
      function* (note) {
        const [, receiver] = open();
        yield* spawn(noted(note, "receive", receiver.receive()));
        yield* sleep(1);
        receiver.close();
        yield* sleep(1);
        yield* noted(note, "again", receiver.receive());
      },
      "receive: ChannelClosed@1, again: ChannelClosed@2",
    ],
    [
      "the last send end wakes those who receive",
      function* (note) {
        const [sender, receiver] = open();
        yield* spawn(noted(note, "receive", receiver.receive()));
        yield* sleep(1);
        sender.close();
        yield* sleep(1);
      },
      "receive: ChannelEnded@1",
    ],
    [
      "with clones, only the last receive end counts",
      function* (note) {
        const [sender, first] = createChannel<string>({ capacity: 10 });
        const second = first.clone();
        first.close();
        plain(note, "trySend", () => sender.trySend("x"));
        plain(note, "clone", () => first.clone());
        second.close();
        plain(note, "trySend", () => sender.trySend("x"));
      },
      "trySend: ok, clone: ChannelClosed, trySend: ChannelBroken",
    ],
    [
      "one send end fails its own sends, those of its clone go on",
      function* (note) {
        const [first, receiver] = open();
        const second = first.clone();
        yield* spawn(noted(note, "first", first.send("nope")));
        yield* spawn(noted(note, "second", second.send("ok")));
        yield* sleep(1);
        first.close();
        note(yield* receiver.receive());
        yield* sleep(1);
      },
      "ok@1, first: ChannelClosed@1, second: undefined@1",
    ],
    [
      "one receive end fails its own receives, those of its clone go on",
      function* (note) {
        const [sender, first] = open();
        const second = first.clone();
        yield* spawn(noted(note, "first", first.receive()));
        yield* spawn(noted(note, "second", second.receive()));
        yield* sleep(1);
        first.close();
        yield* sender.send("ok");
        yield* sleep(1);
      },
      "first: ChannelClosed@1, second: ok@1",
    ],
    [
      "an end closes itself with `using`",
      function* (note) {
        const [sender, receiver] = createChannel<string>();
        {
          using end = sender;
          end.trySend("x");
        }
        note(sender.isClosed);
        yield* noted(note, "receive", receiver.receive());
        yield* noted(note, "receive", receiver.receive());
      },
      "true, receive: x, receive: ChannelEnded",
    ],
  ]);
});
