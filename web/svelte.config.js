/** @type {import("@sveltejs/vite-plugin-svelte").SvelteConfig} */
export default {
  // Fragments are built node by node, so that a page under Trusted Types or a
  // strict CSP never sees innerHTML.
  compilerOptions: { runes: true, fragments: "tree" },
};
