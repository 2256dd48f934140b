import js from "@eslint/js";
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

export default defineConfig(
  { ignores: ["dist/", "coverage/", ".cache/", "benchmarks/results/"] },
  js.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      // Operations are functions of generators: one that has nothing to wait for yet is still one.
      "require-yield": "off",
      // Numbers and messages read well in templates.
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true, allowBoolean: true },
      ],
      // `() => doIt()` is how a callback is written, whatever `doIt` gives back.
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      // Users may throw anything, and what they throw is passed on as it is.
      "@typescript-eslint/only-throw-error": "off",
      "@typescript-eslint/prefer-promise-reject-errors": "off",
      // Narrow interfaces that one class implements are widened back by casts that name the proof.
      "@typescript-eslint/no-unsafe-class-instance-assignment": "off",
      // `Wait<unknown>` says more than `Wait`.
      "@typescript-eslint/no-unnecessary-type-arguments": "off",
      // `return undefined | void` types describe callbacks that need not return anything.
      "@typescript-eslint/no-invalid-void-type": [
        "error",
        { allowAsThisParameter: true, allowInGenericTypeArguments: true },
      ],
    },
  },
  {
    files: ["**/*.{js,mjs}"],
    languageOptions: {
      globals: {
        console: "readonly",
        process: "readonly",
        performance: "readonly",
        setTimeout: "readonly",
        clearTimeout: "readonly",
        setImmediate: "readonly",
        globalThis: "readonly",
        URL: "readonly",
        AbortController: "readonly",
        AbortSignal: "readonly",
        Buffer: "readonly",
        queueMicrotask: "readonly",
        structuredClone: "readonly",
        fetch: "readonly",
        EventTarget: "readonly",
        Event: "readonly",
        gc: "readonly",
      },
    },
  },
);
