import type { Operation } from "coppice";
import type { Consumer } from "./broker.js";

/** What the service needs of whoever runs it. */
export interface Surroundings {
  /** Completes when the service shall stop; several tasks wait for it. */
  readonly stop: Operation<unknown>;
  readonly log: (line: string) => void;
  /** Takes what is published. */
  readonly consume: Consumer;
  /** Is told the address once requests are taken. */
  readonly listening: (url: string) => void;
}
