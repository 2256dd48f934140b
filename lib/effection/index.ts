/** The public face of "coppice/effection": operations of Effection 4 in ours, and the other way round. */
export type { CrossingOptions } from "./checks.js";
export type { NamedContext } from "./contexts.js";
export { fromEffection, type TheirOperable } from "./from-effection.js";
export { toEffection } from "./to-effection.js";
export { whyCancelled } from "./why-cancelled.js";
