/** How much somebody has, in whole places. Pure. */

/**
 * placesTaken rounds a load in hundredths so that the limit less it is the room there
 * is: chats at rest weigh little, but what is begun is no place for one more.
 * Above the limit only whole ones count: a chat at rest beside four is not a fifth.
 */
export function placesTaken(load: number, limit: number): number {
  return load > limit ? Math.max(Math.floor(load / 100), Math.ceil(limit / 100)) : Math.ceil(load / 100);
}
