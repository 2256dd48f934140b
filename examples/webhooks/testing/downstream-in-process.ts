/** A downstream that lives in the spec, for services that run in a process of their own. */
import { Queue, run, suspend } from "coppice";
import { useBuiltInDownstream, type DownstreamCall, type Respond } from "../built-in-downstream.js";

export interface RunningDownstream {
  readonly url: string;
  readonly calls: readonly DownstreamCall[];
  stop(): Promise<void>;
}

export async function startDownstream(respond: Respond = () => 204): Promise<RunningDownstream> {
  const calls: DownstreamCall[] = [];
  const started = new Queue<string>({ name: "started", capacity: 1 });
  const task = run(function* () {
    const url = yield* useBuiltInDownstream((call) => {
      calls.push(call);
      return respond(call);
    });
    started.tryPut(url);
    yield* suspend();
  });
  return {
    url: await run(started.get()),
    calls,
    stop: async () => {
      await task.cancel("the spec is done with it");
    },
  };
}
