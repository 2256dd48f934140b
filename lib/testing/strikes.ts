/** Which cancellations a sweep tries. */
import type { Moment, Strike } from "./intruder.js";
import type { YieldPoint } from "./yield-points.js";

/** How many pairs of cancellations are tried at the most: all of them for small operations. */
const MOST_PAIRS = 2_000;

/** Every point, every moment that it has, every scope around it. */
export function* planStrikes(points: readonly YieldPoint[], only: number | undefined): Generator<Strike> {
  for (const [i, { scopes, parks, isHandedOver }] of points.entries()) {
    const point = i + 1;
    if (only !== undefined && only !== point) continue;
    const moments: Moment[] = ["before"];
    if (parks) moments.push("waiting");
    if (isHandedOver) moments.push("handed over");
    for (const moment of moments) {
      // The whole operation first: its failures are the plainest.
      for (let scope = scopes - 1; scope >= 0; scope--) yield { point, moment, scope };
    }
  }
}

/** The same once more, with the whole operation cancelled at each later point in turn. */
export function* planPairs(
  firsts: readonly { readonly strike: Strike; readonly yields: number }[],
): Generator<readonly [Strike, Strike]> {
  const count = firsts.reduce((sum, { strike, yields }) => sum + Math.max(0, yields - strike.point), 0);
  const stride = Math.max(1, Math.ceil(count / MOST_PAIRS));
  let i = 0;
  for (const { strike, yields } of firsts) {
    for (let point = strike.point + 1; point <= yields; point++) {
      if (i++ % stride === 0) yield [strike, { point, moment: "before", scope: Infinity }];
    }
  }
}
