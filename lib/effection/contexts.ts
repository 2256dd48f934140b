/** Contexts at the border: those of ours that are handed to Effection by name, and where each side finds the other. */
import {
  createContext as createTheirs,
  type Context as TheirContext,
  type Scope as TheirScope,
} from "effection";
import { createContext, type Context } from "../index.js";

/** A context of ours, whatever it holds. */
export type NamedContext = Context<unknown, unknown>;

/** The scope of Effection that an operation of ours was entered from. */
export const enclosing = createContext<TheirScope>("scope of Effection");

/** Effection tells contexts apart by their names alone. */
export function theirsNamed(context: { readonly name: string }): TheirContext<unknown> {
  return createTheirs<unknown>(context.name);
}
