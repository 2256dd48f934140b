/** What a program is driven in: servers of its own, a downstream, and the books that are checked at the end. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { AckPolicy, connect as connectNats } from "nats";
import pg from "pg";
import { bundle, PROGRAMS, type ProgramName } from "./build.js";
import { Collector } from "./collector.js";
import { Downstream } from "./downstream.js";
import { acrossSessions, type Priority } from "./priority.js";
import { Program } from "./program.js";
import { Server } from "./server.js";
import { nats, postgres, rabbitmq } from "./servers.js";
import { Tally } from "./tally.js";

export const BROKERS = ["rabbitmq", "nats"] as const;
export type BrokerName = (typeof BROKERS)[number];

export interface Arena {
  readonly directory: string;
  readonly priority: Priority;
  readonly database: Server;
  readonly broker: Server;
  readonly downstream: Downstream;
  close(): Promise<void>;
}

export interface Findings {
  readonly acknowledged: number;
  /** Acknowledged, and not there. */
  readonly notInDatabase: number;
  readonly notForwarded: number;
  readonly notPublished: number;
  /** Came more than once. */
  readonly forwardedAgain: number;
  readonly publishedAgain: number;
}

export const lostIn = ({ notInDatabase, notForwarded, notPublished }: Findings): number =>
  notInDatabase + notForwarded + notPublished;

/** @param priority - of the servers, the downstream and whoever takes the messages */
export async function openArena(broker: BrokerName, priority: Priority = "usual"): Promise<Arena> {
  const directory = await mkdtemp(join(tmpdir(), "coppice-arena-"));
  const restore = priority === "idle" ? await acrossSessions() : undefined;
  if (priority === "idle" && restore === undefined) {
    console.warn(
      "The servers get a share of the processor: only root may have priorities hold across sessions.",
    );
  }
  const starting = [
    Server.start(postgres, directory, priority),
    Server.start(broker === "nats" ? nats : rabbitmq, directory, priority),
    Downstream.start(priority),
  ] as const;
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => (closed ??= closeAll());
  const closeAll = async (): Promise<void> => {
    for (const part of await Promise.allSettled(starting)) {
      if (part.status === "fulfilled") await part.value.stop("on the spot");
    }
    await restore?.();
    await rm(directory, { recursive: true, force: true });
  };
  // Whoever interrupts a run does not want to be left with its servers.
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => void close().then(() => process.exit(1)));
  }
  try {
    const [database, broked, downstream] = await Promise.all(starting);
    return { directory, priority, database, broker: broked, downstream, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The settings of a program in the arena; each `run` has tables and queues of its own. */
export const settingsFor = (arena: Arena, run: string): Record<string, string> => ({
  DATABASE_URL: arena.database.url,
  DATABASE_SCHEMA: run,
  ...(arena.broker.kind === nats ? { NATS_URL: arena.broker.url } : { AMQP_URL: arena.broker.url }),
  TOPIC: run,
  DOWNSTREAM_URL: arena.downstream.url,
  LOG_FORMAT: "text",
});

export async function startProgram(
  name: ProgramName,
  settings: Readonly<Record<string, string>>,
): Promise<Program> {
  return Program.start(await bundle(name, PROGRAMS[name]), settings);
}

/** Waits until the program has delivered all that it has accepted. */
export async function drained(arena: Arena, run: string, limitMs: number): Promise<boolean> {
  const until = Date.now() + limitMs;
  for (;;) {
    const left = await withDatabase(arena, (client) =>
      client.query<{ left: string }>(
        `select count(*) as left from "${run}".webhooks where published_at is null`,
      ),
    );
    if (Number(left.rows[0]?.left) === 0) return true;
    if (Date.now() > until) return false;
    await pause(200);
  }
}

/** Takes what the program will publish, if messages pile up in the broker otherwise. */
export const collect = async (arena: Arena, run: string): Promise<Collector | undefined> =>
  arena.broker.kind === nats ? undefined : Collector.start(arena.broker.url, run, arena.priority);

/**
 * Compares the acknowledged ids with database, downstream and broker; the messages in the broker are used up.
 *
 * @param collecting - what has taken the messages so far; without it they are all in the broker still
 */
export async function audit(
  arena: Arena,
  run: string,
  ids: readonly string[],
  collecting?: Collector,
): Promise<Findings> {
  const { rows } = await withDatabase(arena, (client) =>
    client.query<{ id: string }>(`select id::text from "${run}".webhooks`),
  );
  const stored = new Set(rows.map((row) => row.id));
  const forwarded = await arena.downstream.check(ids);
  const collector = collecting ?? (await collect(arena, run));
  const published = await (collector === undefined ? fromNats(arena, run, ids) : collector.finish(ids));
  return {
    acknowledged: ids.length,
    notInDatabase: ids.filter((id) => !stored.has(id)).length,
    notForwarded: forwarded.missing.length,
    notPublished: published.missing.length,
    forwardedAgain: forwarded.repeats,
    publishedAgain: published.repeats,
  };
}

export async function withDatabase<T>(arena: Arena, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: arena.database.url, application_name: "driver" });
  client.on("error", () => undefined);
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

/** What lies in the stream, and how often. */
async function fromNats(arena: Arena, stream: string, ids: readonly string[]) {
  const found = new Tally();
  const connection = await connectNats({ servers: new URL(arena.broker.url).host });
  const manager = await connection.jetstreamManager();
  await manager.consumers.add(stream, { durable_name: "audit", ack_policy: AckPolicy.Explicit });
  const consumer = await connection.jetstream().consumers.get(stream, "audit");
  for (let more = true; more;) {
    more = false;
    for await (const message of await consumer.fetch({ max_messages: 500, expires: 1_000 })) {
      more = true;
      found.add(message.headers?.get("webhook-id") ?? "");
      message.ack();
    }
  }
  await connection.close();
  return { missing: found.missing(ids), repeats: found.repeats() };
}
