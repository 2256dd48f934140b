/**
 * What is of use only where our files are loaded as they were built. Bundlers leave it out, for our modules are marked
 * as free of side effects: in a bundle no frame of a stack can be told to be ours.
 */
import { tellOwnFrames } from "./errors/index.js";

tellOwnFrames();
