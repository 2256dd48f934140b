/** @type {import("jest").Config} */
export default {
  testEnvironment: "node",
  // Jest would leave one core idle; with two cores that is half of them.
  maxWorkers: "100%",
  // What hangs is told late, and what is only slow, on a machine that does other things besides, not at all.
  testTimeout: 30_000,
  roots: ["<rootDir>/spec", "<rootDir>/examples"],
  testMatch: ["**/*.spec.ts"],
  extensionsToTreatAsEsm: [".ts"],
  moduleNameMapper: {
    "^coppice$": "<rootDir>/lib/index.ts",
    "^coppice/testing$": "<rootDir>/lib/testing/index.ts",
    "^coppice/node$": "<rootDir>/lib/node/index.ts",
    "^coppice/effection$": "<rootDir>/lib/effection/index.ts",
    "^(\\.{1,2}/.*)\\.js$": "$1",
  },
  transform: {
    "^.+\\.ts$": ["ts-jest", { useESM: true, tsconfig: "tsconfig.json", diagnostics: false }],
  },
};
