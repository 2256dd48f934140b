import { queueWork } from "../parts/queue-work.mjs";

export const work = queueWork({
  title: "queue, 4 producers, 4 consumers",
  explains: "capacity 100",
  capacity: 100,
  pairs: 4,
});
