/**
 * What is of use only where our files are loaded as they were built. Bundlers leave it out, for our modules are marked
 * as free of side effects: in a bundle no frame of a stack can be told to be ours, and browsers have no environment to
 * ask for debug mode.
 */
import { tellOwnFrames } from "./errors/index.js";
import { installDebugMode } from "./kernel/index.js";

tellOwnFrames();
installDebugMode();
