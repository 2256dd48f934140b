/** The whole service in the process of a spec, with a downstream and a consumer that the spec can look into. */
import { Queue, run, until, type Task } from "coppice";
import { request } from "undici";
import { useBuiltInDownstream, type DownstreamCall, type Respond } from "../built-in-downstream.js";
import type { Consumer } from "../broker.js";
import { readConfig, type Config, type Environment } from "../config.js";
import { webhookService } from "../service.js";
import type { Statistics } from "../statistics.js";
import type { Webhook } from "../webhook.js";
import { makeTemporaryDirectory } from "./temporary-directory.js";

export interface ServiceOptions {
  readonly environment: Environment;
  /** How the downstream answers; 204 to everything when left out. */
  readonly respond?: Respond;
  /** What the consumer does with a message, before it is counted as published. */
  readonly consume?: Consumer;
}

export interface RunningService {
  readonly url: string;
  readonly config: Config;
  /** Everything that reached the downstream, retries included. */
  readonly calls: readonly DownstreamCall[];
  /** Everything that came out of the queue. */
  readonly published: readonly Webhook[];
  readonly lines: readonly string[];
  statistics(): Promise<Statistics>;
  /** Stops it gracefully and gives its last statistics. */
  stop(): Promise<Statistics>;
  /** Cancels it: nothing in flight is finished. */
  cancel(): Promise<void>;
}

export async function startService({
  environment,
  respond,
  consume,
}: ServiceOptions): Promise<RunningService> {
  const calls: DownstreamCall[] = [];
  const published: Webhook[] = [];
  const lines: string[] = [];
  const started = new Queue<{ url: string; config: Config }>({ name: "started", capacity: 1 });
  const listen = (line: string): void => {
    lines.push(line);
  };
  let requestStop: () => void = () => undefined;
  const stopRequested = new Promise<void>((resolve) => (requestStop = resolve));

  const task = run(function* () {
    const downstreamUrl = yield* useBuiltInDownstream((call) => {
      calls.push(call);
      return respond?.(call) ?? 204;
    });
    const config = readConfig({
      PORT: "0",
      RETRY_DELAY_MS: "1",
      DOWNSTREAM_URL: downstreamUrl,
      ...environment,
    });
    return yield* webhookService(config, {
      stop: until(stopRequested),
      log: { info: listen, warn: listen, error: listen },
      *consume(message) {
        if (consume !== undefined) yield* consume(message);
        published.push(message);
      },
      listening: (url) => started.tryPut({ url, config }),
    });
  });
  const { url, config } = await Promise.race([run(() => started.get()), failureOf(task)]);

  return {
    url,
    config,
    calls,
    published,
    lines,
    statistics: async () => (await (await request(`${url}/stats`)).body.json()) as Statistics,
    stop: () => {
      requestStop();
      return task;
    },
    cancel: async () => {
      await task.cancel("the spec is done with it");
    },
  };
}

/** The same over data of its own, which is gone with it when it is cancelled. */
export async function startServiceWithData(environment: Environment = {}): Promise<RunningService> {
  const directory = await makeTemporaryDirectory();
  const service = await startService({ environment: { DATA_DIR: directory.path, ...environment } });
  return {
    ...service,
    cancel: async () => {
      await service.cancel();
      await directory.remove();
    },
  };
}

/** Rejects when the service fails before it listens. */
async function failureOf(task: Task<unknown>): Promise<never> {
  await task;
  throw new Error("The service ended before it listened.");
}
