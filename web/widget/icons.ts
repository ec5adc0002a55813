/** The few pictures of the widget, as paths on a 24 × 24 grid. */
export const icons = {
  close: "M6 9l6 6 6-6",
  cross: "M6 6l12 12M18 6L6 18",
  end: "M9 4H6a2 2 0 0 0-2 2v12a2 2 0 0 0 2 2h3M15 8l4 4-4 4M19 12H9",
  send: "M4 12l16-8-6 16-3-6-7-2z",
  clip: "M20 11.5l-8.2 8.2a5 5 0 0 1-7-7l8.5-8.5a3.3 3.3 0 0 1 4.7 4.7l-8.5 8.5a1.7 1.7 0 0 1-2.4-2.4l7.8-7.8",
  file: "M14 3H7a2 2 0 0 0-2 2v14a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2V8l-5-5zM14 3v5h5",
  down: "M12 5v14M6 13l6 6 6-6",
  clock: "M12 7v5l3 2M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0z",
  sent: "M5 13l4 4L19 7",
  seen: "M2 13l4 4L16 7M12 16l1.5 1.5L23 7",
  retry: "M4 4v6h6M20 20v-6h-6M5.6 15A7 7 0 0 0 18.7 14M18.4 9A7 7 0 0 0 5.3 10",
} as const;

export type IconName = keyof typeof icons;
