/** What the consumer tells about itself over HTTP. */
import { describe, expect, it } from "@jest/globals";
import { call, Queue, run, scoped, spawn, type Operation } from "coppice";
import { request } from "undici";
import type { Received } from "../broker.js";
import { readConfig } from "../config.js";
import { eventually } from "../testing/eventually.js";
import { consume } from "./consume.js";
import { createConsumed } from "./consumed.js";
import { useFront, type Front } from "./front.js";
import type { Inbox } from "./inbox.js";

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const ID = "00000000-0000-4000-8000-00000000000";

const messageOf = (id: string, work: string): Received => ({
  message: { id, source: "shop", body: work, deadline: Infinity },
  isRedelivered: false,
  acknowledge: () => undefined,
  giveBack: () => undefined,
  refuse: () => undefined,
});

/** Knows number 1 already. */
const createInbox = (): Inbox & { isAway: boolean } => ({
  isAway: false,
  *once(id, work) {
    if (id.endsWith("1")) return "repeated";
    yield* work;
    return "done";
  },
  *check() {
    if (this.isAway) throw new Error("away");
  },
});

async function get(front: Front, path: string): Promise<{ status: number; text: string }> {
  const response = await request(`${String(front.url)}${path}`);
  return { status: response.statusCode, text: await response.body.text() };
}

/** A front on a free port, beside a consumer of `messages`. */
const withFront = (body: (front: Front, parts: ReturnType<typeof createParts>) => Operation<void>) =>
  run(
    scoped(function* () {
      const parts = createParts();
      const front = yield* useFront(readConfig({ CONSUMER_PORT: "0" }), parts.consumed, log);
      yield* body(front, parts);
    }),
  );

function createParts() {
  const messages = new Queue<Received>({ name: "messages" });
  const subscription = { description: "a queue", isConnected: true, receive: () => messages.get() };
  return { messages, subscription, inbox: createInbox(), consumed: createConsumed() };
}

describe("the consumer's front", () => {
  it(
    "counts what was taken, and what became of it",
    () =>
      withFront(function* (front, { messages, subscription, inbox, consumed }) {
        const stop = new Queue<undefined>({ name: "stop" });
        const hold = new Queue<undefined>({ name: "hold" });
        function* work({ body }: { body: string }) {
          if (body === "fail") throw new Error("no luck");
          if (body === "hold") yield* hold.get();
        }
        const options = { concurrency: 10, timeoutMs: 60_000, pauseMs: 0, graceMs: 60_000, stop: stop.get() };
        const consuming = yield* spawn(consume({ subscription, inbox, log, consumed, work }, options));
        messages.tryPut(messageOf(`${ID}1`, "known"));
        messages.tryPut(messageOf(`${ID}2`, "do"));
        messages.tryPut(messageOf(`${ID}3`, "fail"));
        messages.tryPut(messageOf(`${ID}4`, "hold"));
        messages.tryPut(messageOf("no id", "do"));
        yield* call(() =>
          eventually("they are taken", () => consumed.taken === 5 && consumed.givenBack === 1),
        );
        const { status, text } = yield* call(() => get(front, "/metrics"));
        expect(status).toBe(200);
        const told: Record<string, number> = Object.fromEntries(
          [...text.matchAll(/^webhooks_consumer_(\w+) (\d+)$/gm)].map(([, name = "", value]) => [
            name,
            Number(value),
          ]),
        );
        expect(told).toMatchObject({
          taken_total: 5,
          acknowledged_total: 2,
          given_back_total: 1,
          refused_total: 1,
          done_total: 1,
          repeated_total: 1,
          failed_total: 1,
          late_total: 0,
          in_hand: 1,
        });
        hold.tryPut(undefined);
        stop.tryPut(undefined);
        yield* consuming;
        const { text: after } = yield* call(() => get(front, "/metrics"));
        expect(after).toMatch(/^webhooks_consumer_in_hand 0$/m);
        expect(after).toMatch(/^process_resident_memory_bytes \d+$/m);
      }),
    60_000,
  );

  it(
    "says whether it is alive, and whether database and broker are there",
    () =>
      withFront(function* (front, { subscription, inbox }) {
        const ask = (path: string) => call(() => get(front, path));
        expect(yield* ask("/healthz")).toEqual({ status: 200, text: '{"status":"alive"}' });
        expect(yield* ask("/readyz")).toMatchObject({ status: 503, text: expect.stringMatching(/starting/) });
        front.watch({ subscription, inbox });
        const ready = '{"status":"ready","database":"ready","broker":"ready"}';
        expect(yield* ask("/readyz")).toEqual({ status: 200, text: ready });
        inbox.isAway = true;
        subscription.isConnected = false;
        const away = '{"status":"not ready","database":"away","broker":"away"}';
        expect(yield* ask("/readyz")).toEqual({ status: 503, text: away });
        expect((yield* ask("/metrics")).text).toMatch(/^webhooks_consumer_broker_away 1$/m);
      }),
    60_000,
  );

  it(
    "says what there is to whoever asks for something else",
    () =>
      withFront(function* (front) {
        const { status, text } = yield* call(() => get(front, "/stats"));
        expect(status).toBe(404);
        expect(text).toContain("There are GET /metrics, GET /healthz and GET /readyz.");
      }),
    60_000,
  );

  it("is not there without a port", () =>
    run(
      scoped(function* () {
        const front = yield* useFront(readConfig({ PORT: "1" }), createConsumed(), log);
        expect(front.url).toBeUndefined();
      }),
    ));
});
