/** The brokers against real servers: what is published comes out at a consumer, once it has been answered for. */
import { afterAll, describe, expect, it } from "@jest/globals";
import { connect as connectAmqp } from "amqplib";
import { all, call, Queue, retry, run, scoped, sleep, spawn, timeout, type Operation } from "coppice";
import { connect as connectNats } from "nats";
import { consume } from "./consumer/consume.js";
import { createConsumed, type Consumed } from "./consumer/consumed.js";
import type { Inbox } from "./consumer/inbox.js";
import { readConfig } from "./config.js";
import { servers } from "./testing/servers.js";
import { useBroker, useSubscription } from "./use-broker.js";
import type { Webhook } from "./webhook.js";

const TOPIC = `spec_${String(process.pid)}_${String(Date.now())}`;
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

const webhook = (number: number, source = "shop.eu"): Webhook => ({
  id: `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`,
  source,
  body: `{ "number": ${String(number)}, "text": "ünïcödé 🌳" }`,
  deadline: 2_000_000_000_000,
});
const hundred = Array.from({ length: 100 }, (_, index) => webhook(index));

/** Remembers nothing, so that a spec sees every message that is handed out. */
const forgetful: Inbox = {
  *once(_id, work) {
    yield* work;
    return "done";
  },
  *check() {
    // There is nothing to fail.
  },
};

interface Consumer {
  readonly seen: readonly Webhook[];
  stop(): Operation<Consumed>;
}

/** Starts a consumer in the scope of the caller. */
function* startConsumer(environment: Record<string, string>, work?: (message: Webhook) => Operation<void>) {
  const seen: Webhook[] = [];
  const stopping = new Queue<void>({ name: "stop" });
  const subscription = yield* useSubscription(readConfig(environment), log, 10);
  const consumed = createConsumed();
  const task = yield* spawn(
    consume(
      {
        consumed,
        subscription,
        inbox: forgetful,
        log,
        *work(message) {
          if (work !== undefined) yield* work(message);
          seen.push(message);
        },
      },
      { concurrency: 5, timeoutMs: 60_000, pauseMs: 1, graceMs: 5_000, stop: stopping.get() },
    ),
  );
  const consumer: Consumer = {
    seen,
    *stop() {
      stopping.tryPut();
      yield* task;
      return consumed;
    },
  };
  return consumer;
}

function* until(condition: () => boolean): Operation<void> {
  yield* timeout(20_000, function* () {
    while (!condition()) yield* sleep(5);
  });
}

const ids = (messages: readonly Webhook[]): Set<string> => new Set(messages.map(({ id }) => id));

describe.each(servers.brokers)("$name", ({ environment: at, unreachable, name }) => {
  if (unreachable !== undefined) {
    it(servers.title(name), () => servers.refuse(name, unreachable));
    return;
  }
  const environment = { ...at, TOPIC };

  afterAll(() => remove(at), 30_000);

  it("hands what was published to a consumer, to the letter", async () => {
    await run(function* () {
      const broker = yield* useBroker(readConfig(environment), log, () => sleep(0));
      expect(broker.isConnected).toBe(true);
      yield* broker.publish(webhook(300));
      const consumer = yield* startConsumer(environment);
      yield* until(() => consumer.seen.length === 1);
      expect(consumer.seen).toEqual([webhook(300)]);
      expect(yield* consumer.stop()).toMatchObject({ done: 1, failed: 0 });
    });
  }, 60_000);

  it("divides messages among consumers, each message to one of them", async () => {
    await run(function* () {
      const broker = yield* useBroker(readConfig(environment), log, () => sleep(0));
      const first = yield* startConsumer(environment, () => sleep(1));
      const second = yield* startConsumer(environment, () => sleep(1));
      yield* all(hundred.map((message) => broker.publish(message)));
      yield* until(() => first.seen.length + second.seen.length >= 100);
      expect(ids([...first.seen, ...second.seen])).toEqual(ids(hundred));
      expect(first.seen.length).toBeGreaterThan(0);
      expect(second.seen.length).toBeGreaterThan(0);
      yield* first.stop();
      yield* second.stop();
    });
  }, 60_000);

  it("hands out nothing again that was acknowledged right before the end", async () => {
    await run(function* () {
      const broker = yield* useBroker(readConfig(environment), log, () => sleep(0));
      const subscription = yield* useSubscription(readConfig(environment), log, 10);
      yield* all(Array.from({ length: 10 }, (_, index) => broker.publish(webhook(400 + index))));
      const received = [];
      while (received.length < 10) received.push(yield* timeout(20_000, subscription.receive()));
      for (const message of received) message.acknowledge();
    });
    await run(function* () {
      const broker = yield* useBroker(readConfig(environment), log, () => sleep(0));
      yield* broker.publish(webhook(500));
      const subscription = yield* useSubscription(readConfig(environment), log, 10);
      const next = yield* timeout(20_000, subscription.receive());
      next.acknowledge();
      expect(next.message).toEqual(webhook(500));
    });
  }, 60_000);

  it("hands a message out again when the work on it failed", async () => {
    let failures = 0;
    await run(function* () {
      const broker = yield* useBroker(readConfig(environment), log, () => sleep(0));
      const consumer = yield* startConsumer(environment, function* () {
        if (failures < 2) throw new Error(`no luck ${String((failures += 1))}`);
      });
      yield* broker.publish(webhook(200));
      yield* until(() => consumer.seen.length === 1);
      expect(yield* consumer.stop()).toMatchObject({ done: 1, failed: 2 });
    });
  }, 60_000);

  it("does not hand out again what is no webhook", async () => {
    await run(function* () {
      const broker = yield* useBroker(readConfig(environment), log, () => sleep(0));
      for (const id of ["", "poison"]) yield* broker.publish({ ...webhook(600), id });
      const consumeOne = (number: number) =>
        scoped(function* () {
          const consumer = yield* startConsumer(environment);
          yield* broker.publish(webhook(number));
          yield* until(() => consumer.seen.length === 1);
          expect(consumer.seen).toEqual([webhook(number)]);
          return yield* consumer.stop();
        });
      expect(yield* consumeOne(601)).toMatchObject({ done: 1, failed: 0, refused: 2 });
      expect(yield* consumeOne(602)).toMatchObject({ done: 1, failed: 0, refused: 0 });
    });
  }, 60_000);

  it("hands on what a consumer that is gone had in its hands", async () => {
    await run(function* () {
      const broker = yield* useBroker(readConfig(environment), log, () => sleep(0));
      yield* all(
        hundred
          .slice(0, 8)
          .map((message) => broker.publish({ ...message, id: message.id.replace("0", "9") })),
      );
      yield* scoped(function* () {
        const taken = new Queue<string>();
        yield* startConsumer(environment, function* ({ id }) {
          taken.tryPut(id);
          yield* sleep(Infinity);
        });
        yield* timeout(10_000, taken.get());
      });
      const consumer = yield* startConsumer(environment);
      yield* until(() => ids(consumer.seen).size === 8);
      yield* consumer.stop();
    });
  }, 60_000);

  it("goes on when somebody has removed what it publishes to", async () => {
    await run(function* () {
      const broker = yield* useBroker(readConfig(environment), log, () => sleep(0));
      const publish = (message: Webhook) =>
        timeout(
          10_000,
          retry(() => broker.publish(message), { attempts: Infinity, delay: 20 }),
        );
      yield* call(() => remove(at, "queue"));
      yield* publish(webhook(400));
      const consumer = yield* startConsumer(environment);
      yield* until(() => consumer.seen.length === 1);
      yield* call(() => remove(at, "queue"));
      yield* publish(webhook(401));
      yield* until(() => consumer.seen.length === 2);
      expect(consumer.seen).toEqual([webhook(400), webhook(401)]);
      yield* consumer.stop();
    });
  }, 60_000);
});

async function remove(environment: Record<string, string>, what: "all" | "queue" = "all"): Promise<void> {
  const { AMQP_URL, NATS_URL } = environment;
  if (AMQP_URL !== undefined) {
    const model = await connectAmqp(AMQP_URL);
    const channel = await model.createChannel();
    await channel.deleteQueue(TOPIC);
    if (what === "all") await channel.deleteExchange(TOPIC);
    await model.close();
  }
  if (NATS_URL !== undefined) {
    const connection = await connectNats({ servers: new URL(NATS_URL).host });
    await (await connection.jetstreamManager()).streams.delete(TOPIC);
    await connection.close();
  }
}
