// @vitest-environment jsdom
import { fireEvent, render, screen } from "@testing-library/svelte";
import { expect, test, vi } from "vitest";
import Chips from "./Chips.svelte";
import NumberField from "./NumberField.svelte";
import Threshold from "./Threshold.svelte";
import SpanField from "./SpanField.svelte";

const type = (label: string, value: string) => fireEvent.input(screen.getByLabelText(label), { target: { value } });

test("Enter, a comma and leaving the input add a text, and none twice", async () => {
  const onchange = vi.fn();
  const chips = render(Chips, { label: "Skills", values: ["french"], onchange });
  await type("Skills", "refunds");
  await fireEvent.keyDown(screen.getByLabelText("Skills"), { key: "Enter" });
  expect(onchange).toHaveBeenLastCalledWith(["french", "refunds"]);
  await type("Skills", "a, b,french");
  expect(onchange).toHaveBeenLastCalledWith(["french", "a", "b"]);
  await type("Skills", "late");
  await fireEvent.blur(screen.getByLabelText("Skills"));
  expect(onchange).toHaveBeenLastCalledWith(["french", "late"]);
  onchange.mockClear();
  await type("Skills", "french,");
  expect(onchange).not.toHaveBeenCalled();
  await chips.rerender({ values: ["french", "a"] });
  await fireEvent.keyDown(screen.getByLabelText("Skills"), { key: "Backspace" });
  expect(onchange).toHaveBeenLastCalledWith(["french"]);
});

test("a number that is none is told and does not get out", async () => {
  const onchange = vi.fn();
  const onwrong = vi.fn();
  const field = render(NumberField, { label: "Limit", value: 4, min: 1, max: 50, onchange, onwrong });
  await type("Limit", "51");
  expect(onchange).not.toHaveBeenCalled();
  expect(onwrong).toHaveBeenLastCalledWith(true);
  expect(screen.getByLabelText("Limit").getAttribute("aria-invalid")).toBe("true");
  await type("Limit", "");
  expect(onchange).toHaveBeenLastCalledWith(undefined);
  expect(onwrong).toHaveBeenLastCalledWith(false);
  await type("Limit", "x");
  field.unmount();
  expect(onwrong).toHaveBeenLastCalledWith(false);
});

test("a value from outside replaces what was typed", async () => {
  const field = render(NumberField, { label: "Limit", value: 4, min: 1, max: 50, onchange: () => undefined });
  await type("Limit", "7");
  await field.rerender({ value: 7 });
  await field.rerender({ value: 4 });
  expect(screen.getByLabelText<HTMLInputElement>("Limit").value).toBe("4");
});

test("a span is kept in seconds, whatever its unit", async () => {
  const onchange = vi.fn();
  render(SpanField, { label: "Wait", value: 120, standard: 600, onchange });
  expect(screen.getByLabelText<HTMLInputElement>("Wait").value).toBe("2");
  await type("Wait", "3");
  expect(onchange).toHaveBeenLastCalledWith(180);
  await fireEvent.change(screen.getByLabelText("Unit of Wait"), { target: { value: "hour" } });
  expect(onchange).toHaveBeenLastCalledWith(3 * 3600);
});

test("when something happens by itself is chosen, and only an own number is typed, in a unit that people use", async () => {
  const onchange = vi.fn();
  const onwrong = vi.fn();
  const props = { label: "The visitor waits", usual: "5 minutes", first: 300, max: 86_400, unit: "Minutes", scale: 60, onchange, onwrong };
  const { rerender } = render(Threshold, { ...props, value: undefined as number | undefined });
  const select = screen.getByLabelText<HTMLSelectElement>("The visitor waits");
  const choose = (value: string) => fireEvent.change(select, { target: { value } });
  expect([select.value, ...[...select.options].map((o) => o.text.trim())]).toEqual([
    "usual",
    "As usual: 5 minutes",
    "A number of its own",
    "Never",
  ]);
  expect(screen.queryByRole("textbox")).toBeNull();
  await choose("never");
  expect(onchange).toHaveBeenLastCalledWith(-1);
  await choose("own");
  expect(onchange).toHaveBeenLastCalledWith(300);
  await rerender({ value: 300 });
  expect(screen.getByRole<HTMLInputElement>("textbox").value).toBe("5");
  await type("The visitor waits: Minutes", "7");
  expect(onchange).toHaveBeenLastCalledWith(420);
  onchange.mockClear();
  for (const wrong of ["", "0", "-1", "1441", "x"]) {
    await type("The visitor waits: Minutes", wrong);
    expect(onwrong, wrong).toHaveBeenLastCalledWith(true);
  }
  expect(onchange).not.toHaveBeenCalled();
  await choose("usual");
  expect(onwrong).toHaveBeenLastCalledWith(false);
  expect(onchange).toHaveBeenLastCalledWith(0);
});

test("where nothing is usual there is a number or never", async () => {
  const onchange = vi.fn();
  const props = { label: "Refund", usual: "", first: 100, max: 1_000_000_000, unit: "Sum", onchange, onwrong: vi.fn() };
  const { rerender } = render(Threshold, { ...props, value: 0 });
  const select = screen.getByLabelText<HTMLSelectElement>("Refund");
  expect([select.value, select.options.length]).toEqual(["never", 2]);
  await rerender({ value: 250 });
  expect(screen.getByRole<HTMLInputElement>("textbox").value).toBe("250");
  await fireEvent.change(select, { target: { value: "never" } });
  expect(onchange).toHaveBeenLastCalledWith(0);
});
