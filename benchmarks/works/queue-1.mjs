import { queueWork } from "../parts/queue-work.mjs";

export const work = queueWork({
  title: "queue, capacity 1",
  explains:
    "one producer, one consumer; plain async and Effection bring a small fair bounded queue of their own",
  capacity: 1,
  pairs: 1,
});
