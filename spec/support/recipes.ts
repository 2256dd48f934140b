/** The pages of `docs/recipes`: what stands on them is run against the real thing. */
import { afterAll, expect, it } from "@jest/globals";
import { blocksOf, nameOf } from "./docs.js";
import { perform, removeRuns } from "./page-runs.js";

/** Declares a spec for each code block of a page. */
export function itRunsThePage(name: string): void {
  const blocks = blocksOf(`docs/recipes/${name}.md`);
  afterAll(removeRuns);
  it.each(blocks.filter(({ isRun }) => isRun).map((block) => [nameOf(block), block] as const))(
    "does what it says: %s",
    async (_, block) => {
      expect(await perform(block)).toEqual([]);
    },
    30_000,
  );
}
