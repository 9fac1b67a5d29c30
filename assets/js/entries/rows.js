// The table of people: Enter goes down as in a spreadsheet, and cells copied from one fill the table.
// Without it the page has a button for more lines and a box to paste into.
const table = document.querySelector("[data-rows]");

function lines() {
  return [...table.querySelectorAll("[data-line]")].map((row) => [...row.querySelectorAll("input, select")]);
}

function position(field) {
  const grid = lines();
  const row = grid.findIndex((fields) => fields.includes(field));
  return { grid, row, column: row < 0 ? -1 : grid[row].indexOf(field) };
}

table?.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.target.tagName !== "INPUT") return;
  const { grid, row, column } = position(event.target);
  event.preventDefault();
  if (row < 0) return;
  grid[row + 1]?.[column].focus();
});

table?.addEventListener("paste", (event) => {
  const text = event.clipboardData.getData("text").replace(/\r\n?/g, "\n").replace(/\n$/, "");
  if (event.target.tagName !== "INPUT" || !/[\t\n]/.test(text)) return;
  const { grid, row, column } = position(event.target);
  if (row < 0) return;
  event.preventDefault();
  text.split("\n").forEach((line, down) => {
    line.split("\t").forEach((value, right) => {
      const field = grid[row + down]?.[column + right];
      if (field?.tagName === "INPUT") field.value = value.trim();
    });
  });
});
