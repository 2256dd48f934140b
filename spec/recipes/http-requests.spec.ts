import { describe } from "@jest/globals";
import { itRunsThePage } from "../support/recipes.js";

describe("the page on http-requests", () => {
  itRunsThePage("http-requests");
});
