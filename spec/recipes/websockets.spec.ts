import { describe } from "@jest/globals";
import { itRunsThePage } from "../support/recipes.js";

describe("the page on websockets", () => {
  itRunsThePage("websockets");
});
