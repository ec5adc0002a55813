/** groupHue is the angle of a group's colour: ids grow with time, so that a new group takes the next angle and the others keep theirs. */
export function groupHue(id: string, all: Iterable<string>): number {
  const at = [...all].sort().indexOf(id);
  return Math.round((250 + Math.max(0, at) * goldenAngle) % 360);
}

/** Neighbours in the order stand far apart on the circle, however many there are. */
const goldenAngle = 137.508;
