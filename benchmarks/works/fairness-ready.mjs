import { timerLateness } from "../parts/spin.mjs";
import { spinningPeers, useReady } from "../parts/spinners.mjs";

export const work = {
  title: "p99 lateness of a 1 ms timer while tasks never wait",
  explains:
    "the same while each task puts into its own unbounded queue and takes out again, which is always ready",
  gauge: "own",
  isFresh: true,
  unit: "ms",
  sizes: [1, 100],
  headline: 100,
  expected: (size) => size,
  peers: spinningPeers(useReady, timerLateness),
};
