/** How often this page has told the server whether it is heard: what the server says of it is older before. */
let told = $state(0);

/** wordsTold is how often; whoever reads it hears of the next. */
export function wordsTold(): number {
  return told;
}

export function noteWord(): void {
  told += 1;
}
