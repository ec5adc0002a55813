/** mac is whether ⌘ takes the place of Ctrl on this device. */
export const mac = /Mac|iPhone|iPad/u.test(navigator.userAgent);
