import { roundCost } from "../parts/spin.mjs";
import { giveWay, spinningPeers } from "../parts/spinners.mjs";

export const work = {
  title: "round of a spinning task beside a 1 ms timer",
  explains: "what one trip costs when that many tasks take turns and the timer is served",
  gauge: "own",
  isFresh: true,
  unit: "ns",
  per: "round",
  sizes: [1, 100, 10_000],
  headline: 100,
  expected: (size) => size,
  peers: spinningPeers(giveWay, roundCost),
};
