/** What the server takes at most. */
export const mostTopic = 200;
/** Characters of a name. */
export const mostName = 80;
/** People of a direct talk, the reader among them. */
export const mostDirect = 8;
