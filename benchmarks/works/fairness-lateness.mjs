import { timerLateness } from "../parts/spin.mjs";
import { giveWay, spinningPeers } from "../parts/spinners.mjs";

export const work = {
  title: "p99 lateness of a 1 ms timer while tasks give way",
  explains:
    "how late the host's own timer is, 99 of 100 times not later than this, while that many tasks do nothing but trips through the scheduler for 200 ms",
  gauge: "own",
  isFresh: true,
  unit: "ms",
  sizes: [1, 100, 10_000],
  headline: 100,
  expected: (size) => size,
  peers: spinningPeers(giveWay, timerLateness),
};
