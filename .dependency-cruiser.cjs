// The floors of the browser: pages > components > views; net and rtc stand beside and know no component.
const TESTS = "\\.test\\.mjs$";
const on = (...rooms) => `^static/js/(${rooms.join("|")})/`;

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: "views-are-pure",
      comment: "A view turns data into markup; it neither fetches nor holds anything.",
      severity: "error",
      from: { path: on("views"), pathNot: TESTS },
      to: { path: on("pages", "components", "net", "rtc") },
    },
    {
      name: "components-take-data-and-callbacks",
      comment: "A component is told what happened and calls back; pages bring the network in.",
      severity: "error",
      from: { path: on("components"), pathNot: TESTS },
      to: { path: on("pages", "net", "rtc") },
    },
    {
      name: "net-and-rtc-know-no-component",
      comment: "What talks to the world must work, and be tested, without a page.",
      severity: "error",
      from: { path: on("net", "rtc"), pathNot: TESTS },
      to: { path: on("pages", "components", "views") },
    },
    {
      name: "nobody-imports-a-page",
      comment: "A page is an entry, not a library. What one page is made of lives in a folder of its name.",
      severity: "error",
      from: { pathNot: TESTS },
      to: { path: "^static/js/pages/[^/]+\\.mjs$", pathNot: "^static/js/pages/shell\\.mjs$" },
    },
    {
      name: "no-circles",
      comment: "Two modules that need each other are one, or three.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "only-what-the-import-map-names",
      comment: "There is no bundler: a bare import must stand in static/importmap.json (see deploy/vendor.py).",
      severity: "error",
      from: { path: "^static/js/", pathNot: TESTS },
      to: {
        dependencyTypesNot: ["local"],
        pathNot: "^node_modules/(preact|htm|@preact/signals|@preact/signals-core|socket\\.io-client|livekit-client|uplot)/",
      },
    },
    {
      name: "everything-exists",
      comment: "An import that resolves to nothing fails only in the browser.",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^static/vendor" },
    moduleSystems: ["es6"],
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "browser", "default"] },
  },
};
