// SPDX-License-Identifier: MIT
#include "web/live_page.hpp"

namespace entente::web {

std::string_view live_page_policy() {
  return "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; "
         "connect-src 'self' ws://127.0.0.1:* ws://localhost:* ws://[::1]:*; base-uri 'none'; form-action 'none'; "
         "frame-ancestors 'none'";
}

// Names come from problem files: they only ever become text nodes.
std::string_view live_page() {
  return R"page(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Entente: live run</title>
<link rel="icon" href="data:,">
<style>
:root { color-scheme: light dark; --line: #2563eb; --best: #16a34a; --rule: #8884; --soft: #8889; }
body { font: 15px/1.4 system-ui, sans-serif; margin: 1.5rem auto; max-width: 60rem; padding: 0 1rem; }
h1 { font-size: 1.2rem; font-weight: 600; margin: 0 0 .8rem; }
#numbers { display: flex; flex-wrap: wrap; gap: .4rem 1.8rem; margin: 0 0 1rem; }
#numbers div { min-width: 5.5rem; }
#numbers dt { color: var(--soft); font-size: .8rem; }
#numbers dd { margin: 0; font-variant-numeric: tabular-nums; font-size: 1.1rem; }
canvas { width: 100%; height: 16rem; display: block; border: 1px solid var(--rule); border-radius: 4px; }
.key { color: var(--soft); font-size: .85rem; margin: .3rem 0 1.2rem; }
.key b { font-weight: 600; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .15rem .6rem; border-bottom: 1px solid var(--rule); overflow-wrap: anywhere; }
th { font-size: .8rem; color: var(--soft); font-weight: 500; }
tr.new td { background: #2563eb22; }
</style>
</head>
<body>
<h1>Entente <span id="status">connecting</span></h1>
<dl id="numbers"></dl>
<canvas id="chart" role="img" aria-label="Cost over time"></canvas>
<p class="key"><b style="color:var(--line)">cost now</b> and <b style="color:var(--best)">best so far</b>, over seconds</p>
<table><thead><tr><th>variable</th><th>value</th></tr></thead><tbody id="values"></tbody></table>
<p class="key" id="more"></p>
<script>
"use strict";
const mostRows = 1000, mostPoints = 4000;
const shown = [["time", "seconds"], ["cycle", "cycle"], ["cost", "cost"], ["violation", "violations"],
               ["best_cost", "best"], ["bound", "bound"], ["msg_count", "messages"], ["msg_size", "bytes"]];
const get = id => document.getElementById(id);
const rows = new Map();
let points = [], hidden = 0, drawing = false;

const plain = x => typeof x === "number" ? x.toLocaleString("en", {maximumFractionDigits: 4}) : String(x);

function say(text) { get("status").textContent = text; }

function showNumbers(state) {
  const list = get("numbers");
  list.replaceChildren(...shown.filter(([key]) => state[key] !== undefined && state[key] !== null).map(([key, name]) => {
    const box = document.createElement("div"), term = document.createElement("dt"), value = document.createElement("dd");
    term.textContent = name;
    value.textContent = plain(state[key]);
    box.append(term, value);
    return box;
  }));
}

function showValue(name, value) {
  let row = rows.get(name);
  if (!row) {
    if (rows.size >= mostRows) { ++hidden; return; }
    row = document.createElement("tr");
    row.append(document.createElement("td"), document.createElement("td"));
    row.firstChild.textContent = name;
    rows.set(name, row);
    get("values").append(row);
  }
  row.lastChild.textContent = value === null ? "" : String(value);
  row.className = "new";
  clearTimeout(row.fading);
  row.fading = setTimeout(() => { row.className = ""; }, 600);
}

function addPoint(time, cost, best) {
  points.push([time, cost, best]);
  if (points.length > mostPoints) points = points.filter((_, i) => i % 2 === 0);
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(draw);
}

function draw() {
  drawing = false;
  const canvas = get("chart"), scale = window.devicePixelRatio || 1;
  const width = canvas.clientWidth, height = canvas.clientHeight, left = 70, low = 22, top = 10;
  canvas.width = width * scale;
  canvas.height = height * scale;
  const pen = canvas.getContext("2d"), style = getComputedStyle(document.documentElement);
  pen.scale(scale, scale);
  if (!points.length) return;
  const all = points.flatMap(p => [p[1], p[2]]).filter(Number.isFinite);
  let least = Math.min(...all), most = Math.max(...all);
  if (!(least < most)) { least -= 1; most += 1; }
  const first = points[0][0], last = Math.max(points[points.length - 1][0], first + 1e-3);
  const x = t => left + (width - left - 10) * (t - first) / (last - first);
  const y = c => top + (height - top - low) * (most - c) / (most - least);
  pen.fillStyle = style.getPropertyValue("--soft");
  pen.font = "11px system-ui, sans-serif";
  pen.textAlign = "right";
  pen.fillText(plain(most), left - 6, top + 8);
  pen.fillText(plain(least), left - 6, height - low);
  pen.fillText(plain(last) + " s", width - 10, height - 6);
  pen.textAlign = "left";
  pen.fillText(plain(first) + " s", left, height - 6);
  for (const [column, colour] of [[1, "--line"], [2, "--best"]]) {
    pen.strokeStyle = style.getPropertyValue(colour);
    pen.lineWidth = 1.5;
    pen.beginPath();
    let before = null;
    for (const p of points) {
      if (!Number.isFinite(p[column])) continue;
      if (before === null) pen.moveTo(x(p[0]), y(p[column]));
      else { pen.lineTo(x(p[0]), y(before)); pen.lineTo(x(p[0]), y(p[column])); }
      before = p[column];
    }
    pen.stroke();
  }
}

function take(message) {
  if (message.evt === "state") {
    say(message.status.toLowerCase());
    showNumbers(message);
    if (message.time !== undefined) addPoint(message.time, message.cost, message.best_cost);
  } else if (message.evt === "value") {
    showValue(message.computation, message.value);
  } else if (message.cmd === "close") {
    say("is over");
  }
}

async function begin() {
  const state = await (await fetch("state")).json();
  points = state.history.map(moment => [moment[0], moment[2], moment[3]]);
  say(state.status.toLowerCase());
  showNumbers(state);
  for (const [name, value] of Object.entries(state.values)) showValue(name, value);
  if (hidden + state.left_out > 0)
    get("more").textContent = "and " + plain(hidden + state.left_out) + " more, see /state";
  const socket = new WebSocket((location.protocol === "https:" ? "wss://" : "ws://") + location.host + "/");
  socket.onmessage = event => take(JSON.parse(event.data));
  socket.onclose = () => say("is over");
  if (points.length) draw();
}

addEventListener("resize", draw);
begin().catch(() => say("cannot be reached"));
</script>
</body>
</html>
)page";
}

}  // namespace entente::web
