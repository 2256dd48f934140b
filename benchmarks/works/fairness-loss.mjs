import { throughputLoss } from "../parts/spin.mjs";
import { giveWay, spinningPeers } from "../parts/spinners.mjs";

export const work = {
  title: "rounds lost to a 1 ms timer",
  explains: "how many fewer rounds the spinning tasks make when the timer runs than when it does not",
  gauge: "own",
  isFresh: true,
  unit: "%",
  sizes: [1, 100],
  headline: 100,
  expected: (size) => size,
  peers: spinningPeers(giveWay, throughputLoss),
};
