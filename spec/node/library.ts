/** What the programs of these specs import: both entries over one kernel. */
export * from "../../lib/index.js";
export * from "../../lib/node/index.js";
