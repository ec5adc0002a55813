/** What the keys of an offer do while one rings. */
export interface OfferKeys {
  accept: () => void;
  decline: () => void;
}

let keys = $state.raw<OfferKeys | null>(null);

/** offerKeys is the offer that the keys answer: the most urgent one. */
export const offerKeys = {
  get now(): OfferKeys | null {
    return keys;
  },
  set(to: OfferKeys | null): void {
    keys = to;
  },
};
