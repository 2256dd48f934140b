import type { Operation } from "coppice";
import type { Consumer } from "./broker.js";
import type { Log } from "./log.js";

/** What the service needs of whoever runs it. */
export interface Surroundings {
  /** Completes when the service shall stop; several tasks wait for it. */
  readonly stop: Operation<unknown>;
  readonly log: Log;
  /** Takes what is published, when there is no broker. */
  readonly consume: Consumer;
  /** Is told the address once webhooks are taken. */
  readonly listening: (url: string) => void;
}
