export { except, type Clause, type Handler } from "./except.js";
export { unwrap } from "./unwrap.js";
