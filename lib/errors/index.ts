/** What errors are made of: groups and their algebra, notes, trails, how they print, where their stacks begin. */
export {
  combine,
  ExceptionGroup,
  groupOf,
  keepLeaves,
  originOf,
  splitGroup,
  type GroupOf,
} from "./exception-group.js";
export { isErrorClass, matcherOf, type ErrorClass, type ErrorFilter, type Matches } from "./filter.js";
export { internal, misuse, wrongNumber } from "./misuse.js";
export { addNote, notesOf } from "./notes.js";
export { clip, show } from "./show.js";
export { describeError, type DescribeOptions, type ErrorJson } from "./text.js";
export { errorTrail, leaveRuntime, notePassed, type Passed } from "./trail.js";
export { isGroup, leavesOf, type Group, type Leaf } from "./tree.js";
export { unwrap } from "./unwrap.js";
export { isOwn, tellOwnFrames } from "./own-frames.js";
export { isUnplaced, limitPlace, throwPlaced, unplacedError, withStackLimit } from "./user-stack.js";
