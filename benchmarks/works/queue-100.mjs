import { queueWork } from "../parts/queue-work.mjs";

export const work = queueWork({
  title: "queue, capacity 100",
  explains: "one producer, one consumer",
  capacity: 100,
  pairs: 1,
});
