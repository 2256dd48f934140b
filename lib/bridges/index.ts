export { useAbortSignal } from "./abort-signal.js";
export { action } from "./action.js";
export { call } from "./call.js";
export { until } from "./promise.js";
