/**
 * The service as it is written in an afternoon: it stores, answers, and delivers behind the answer. Nothing limits
 * how much is under way, nothing is taken up again after a crash, and it has no idea what is still open at the end.
 */
import { randomUUID } from "node:crypto";
import { connect } from "amqplib";
import fastify from "fastify";
import pg from "pg";
import { request } from "undici";
import { setupSql } from "../../../examples/webhooks/sql.js";

const { env } = process;
const schema = env["DATABASE_SCHEMA"] ?? "public";
const topic = env["TOPIC"] ?? "webhooks";
const counters = { accepted: 0, forwarded: 0, published: 0, failed: 0 };

const pool = new pg.Pool({ connectionString: env["DATABASE_URL"], max: 10 });
await pool.query(setupSql(schema));
const connection = await connect(env["AMQP_URL"] ?? "amqp://127.0.0.1");
const channel = await connection.createConfirmChannel();
await channel.assertExchange(topic, "topic", { durable: true });
await channel.assertQueue(topic, { durable: true });
await channel.bindQueue(topic, topic, "#");

const app = fastify({ bodyLimit: 1024 * 1024 });
app.post<{ Params: { source: string } }>("/webhooks/:source", async (incoming, reply) => {
  const id = randomUUID();
  const { source } = incoming.params;
  const body = JSON.stringify(incoming.body);
  await pool.query(`insert into "${schema}".webhooks (id, source, body) values ($1, $2, $3)`, [
    id,
    source,
    body,
  ]);
  counters.accepted += 1;
  deliver(id, source, body).catch(() => (counters.failed += 1));
  return reply.code(202).send({ id });
});
app.get("/stats", () => counters);
app.get("/readyz", () => ({ status: "ready" }));

async function deliver(id: string, source: string, body: string): Promise<void> {
  await forward(id, source, body);
  counters.forwarded += 1;
  await new Promise<void>((resolve, reject) => {
    const options = { messageId: id, persistent: true };
    channel.publish(topic, source, Buffer.from(body), options, (error: unknown) => {
      if (error === null || error === undefined) resolve();
      else reject(error);
    });
  });
  await pool.query(
    `update "${schema}".webhooks set forwarded_at = now(), published_at = now() where id = $1`,
    [id],
  );
  counters.published += 1;
}

async function forward(id: string, source: string, body: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      const headers = { "content-type": "application/json", "webhook-id": id, "webhook-source": source };
      const response = await request(env["DOWNSTREAM_URL"] ?? "", { method: "POST", headers, body });
      await response.body.text();
      if (response.statusCode > 299)
        throw new Error(`The downstream answered ${String(response.statusCode)}.`);
      return;
    } catch (error) {
      if (attempt > 3) throw error;
      await new Promise((resolve) => setTimeout(resolve, 250 * 2 ** attempt));
    }
  }
}

process.on("SIGTERM", () => {
  void app.close().then(() => process.exit(0));
});
await app.listen({ host: "127.0.0.1", port: Number(env["PORT"] ?? 3000) });
