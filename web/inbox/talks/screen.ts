/** The screen of the team's talks, fetched by who opens it. */
export { default as TalkList } from "./TalkList.svelte";
export { default as TalkPane } from "./TalkPane.svelte";
export { default as TalkSide } from "./TalkSide.svelte";
