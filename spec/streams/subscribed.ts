import { suspend, type Broadcast, type Subscription } from "coppice";
import { world } from "../support/virtual.js";

/** A subscription that outlives the spec's own body. */
export function subscribed<T>(
  broadcast: Broadcast<T>,
  options?: Parameters<Broadcast<T>["subscribe"]>[0],
): Subscription<T> {
  const found: Subscription<T>[] = [];
  void world().run(function* () {
    found.push(yield* broadcast.subscribe(options));
    yield* suspend();
  });
  const [subscription] = found;
  if (subscription === undefined) throw new Error("subscribing waits for nothing");
  return subscription;
}
