import { itRunsThePage } from "../support/recipes.js";
import { describeWith } from "../support/servers.js";

await describeWith("NATS", () => {
  itRunsThePage("nats");
});
