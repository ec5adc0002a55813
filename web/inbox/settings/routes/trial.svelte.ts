/** What was typed into the tester. It stays while the page lives. */

/** trial is the arrival that is tried, as typed. */
export const trial = $state({
  url: "",
  site: "",
  referrer: "",
  language: "",
  country: "",
  device: "",
  visits: "",
  data: "",
  group: "",
  chosen: "",
  more: false,
});
