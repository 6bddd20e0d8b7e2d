"use strict";
const holders = [...document.querySelectorAll(".plot")];
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function theme() {
  const axis = { gridcolor: colour("--line"), zerolinecolor: colour("--line"), linecolor: colour("--line"), automargin: true };
  return {
    layout: {
      paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
      font: { family: "system-ui, sans-serif", size: 13, color: colour("--ink") },
      xaxis: axis, yaxis: axis,
      hoverlabel: { bgcolor: colour("--card"), bordercolor: colour("--line"), font: { color: colour("--ink") } },
    },
  };
}

function draw() {
  for (const holder of holders) {
    const figure = JSON.parse(document.getElementById("data-" + holder.dataset.plot).textContent);
    for (const note of figure.layout.annotations ?? []) note.font = { size: 13 };
    for (const trace of figure.data) for (const bar of ["error_x", "error_y"]) if (trace[bar]) trace[bar].color = colour("--soft");
    const margin = { ...figure.layout.margin, t: 30, l: 10, r: 10, b: 40 };
    if (window.innerWidth < 600) shorten(figure);
    const legendAt = figure.layout.annotations ? 1.06 : 1.01; // above the titles of parts
    const legend = { ...figure.layout.legend, orientation: "h", x: 0, y: legendAt, yanchor: "bottom" };
    const layout = { ...figure.layout, margin, legend, template: theme(), autosize: true };
    layout.height ??= 400;
    holder.textContent = "";
    Plotly.newPlot(holder, figure.data, layout, { responsive: true, displayModeBar: false });
  }
}

// On a phone: what stands before the colon.
function shorten(figure) {
  const first = (text) => text.split(":")[0];
  for (const trace of figure.data) if (trace.name) trace.name = first(trace.name);
  for (const axis of ["xaxis", "yaxis"]) {
    const title = figure.layout[axis]?.title;
    if (title?.text) title.text = first(title.text);
  }
}

async function unpack(packed) {
  const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  const script = document.createElement("script");
  script.textContent = await new Response(stream).text();
  document.head.append(script);
}

unpack(document.getElementById("plotly").textContent).then(() => {
  draw();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
}).catch((error) => {
  for (const holder of holders) holder.textContent = "This browser cannot draw the figure: " + error;
});
