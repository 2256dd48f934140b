import { request } from "undici";

export interface Answer {
  readonly status: number;
  /** Of the accepted webhook; empty when it was refused. */
  readonly id: string;
  readonly retryAfter: string | string[] | undefined;
}

/** Posts one webhook. */
export async function send(url: string, body: unknown = {}): Promise<Answer> {
  const response = await request(`${url}/webhooks/shop`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const { id } = (await response.body.json()) as { id?: string };
  return { status: response.statusCode, id: id ?? "", retryAfter: response.headers["retry-after"] };
}

/** Keeps posting over several connections until the service is gone, and gives the ids that it answered for. */
export async function sendUntilGone(url: string, connections: number): Promise<string[]> {
  const ids: string[] = [];
  const sender = async (): Promise<void> => {
    for (;;) {
      // Refused, cut off or turned away: in any case not accepted, and no id to answer for.
      const answer = await send(url).catch(() => undefined);
      if (answer === undefined) return;
      if (answer.status === 202) ids.push(answer.id);
    }
  };
  await Promise.all(Array.from({ length: connections }, sender));
  return ids;
}
