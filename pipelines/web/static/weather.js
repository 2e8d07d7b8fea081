"use strict";
// Draws the temperatures that the page's JSON holds. A null breaks a line.
(() => {
  const place = document.getElementById("temperatures");
  if (!place) return;
  const words = place.dataset;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  let plot = null;

  const colour = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const korean = options => new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Seoul", hourCycle: "h23", ...options });
  const day = korean({ year: "numeric", month: "2-digit", day: "2-digit" });
  const shortDay = korean({ month: "2-digit", day: "2-digit" });
  const month = korean({ year: "numeric", month: "2-digit" });
  const clock = korean({ hour: "2-digit", minute: "2-digit" });
  const at = (format, seconds) => format.format(new Date(seconds * 1000));

  const say = text => { place.textContent = text; place.dataset.drawn = "1"; };

  function ticks(_, splits, __, ___, step) {
    let before = "";
    return splits.map(seconds => {
      const [now, above] = step < 86400 ? [at(clock, seconds), at(shortDay, seconds)]
        : step < 86400 * 28 ? [at(shortDay, seconds), at(day, seconds).slice(0, 4)] : [at(month, seconds), ""];
      const text = above === before ? now : `${now}\n${above}`;
      before = above;
      return text;
    });
  }

  // Where neither neighbour is known, there is no line to be seen.
  function alone(u, index) {
    const values = u.data[index];
    const found = [];
    values.forEach((value, i) => {
      if (value != null && values[i - 1] == null && values[i + 1] == null) found.push(i);
    });
    return found;
  }

  function line(city, number, part, isBand) {
    const stroke = colour(`--line-${number % 8 + 1}`);
    const degrees = (_, value) => value == null ? "–" : `${value.toFixed(1)} °C`;
    return {
      label: isBand ? `${city} ${words[part]}` : city, stroke, width: 1.5, value: degrees, spanGaps: false,
      dash: number < 8 ? [] : [6, 3], points: { show: true, size: 4, fill: stroke, filter: alone },
    };
  }

  function options(series, names, isBand) {
    const drawn = series.lines.flatMap((_, i) =>
      isBand ? [line(names[i], i, "highest", true), line(names[i], i, "lowest", true)] : [line(names[i], i, "lowest", false)]);
    const axis = {
      stroke: colour("--quiet"), font: "12px system-ui, sans-serif", grid: { stroke: colour("--line"), width: 1 },
      ticks: { stroke: colour("--line"), width: 1 },
    };
    const moment = seconds => series.step === "day" ? at(day, seconds) : `${at(day, seconds)} ${at(clock, seconds)}`;
    return {
      width: place.clientWidth, height: 320, tzDate: seconds => uPlot.tzDate(new Date(seconds * 1000), "Asia/Seoul"),
      series: [{ label: words.time, value: (_, seconds) => seconds == null ? "–" : moment(seconds) }, ...drawn],
      bands: isBand && series.lines.length <= 4 ? series.lines.map((_, i) => ({ series: [2 * i + 1, 2 * i + 2], fill: `${colour(`--line-${i % 8 + 1}`)}38` })) : [],
      axes: [{ ...axis, values: ticks, space: 64, size: 44 }, { ...axis, size: 44, values: (_, splits) => splits.map(v => `${v}°`) }],
      cursor: { drag: { x: true, y: false } },
    };
  }

  function draw(found) {
    const { series, since, until } = found;
    if (!series || !series.times.length) return say(words.nothing);
    const isBand = series.step !== "reading";
    const english = Object.fromEntries(found.cities.map(city => [city.city, city.name_en]));
    const names = series.lines.map(one => words.english && english[one.city] || one.city);
    const seconds = text => Date.parse(text) / 1000;
    const values = series.lines.flatMap(one => isBand ? [one.highest, one.lowest] : [one.lowest]);
    const given = options(series, names, isBand);
    given.scales = { x: { time: true, min: seconds(since), max: Math.max(seconds(until), seconds(since) + 3600) } };
    given.hooks = { draw: [() => { place.dataset.drawn = "1"; }] };
    plot?.destroy();
    plot = new uPlot(given, [series.times.map(seconds), ...values], place);
    document.getElementById("temperatures-note").textContent = isBand ? words.band : "";
  }

  async function start() {
    const answer = await fetch(words.source);
    if (!answer.ok) return say(words.failed);
    const found = await answer.json();
    draw(found);
    dark.addEventListener("change", () => draw(found));
    new ResizeObserver(() => plot?.setSize({ width: place.clientWidth, height: 320 })).observe(place);
  }
  start().catch(() => say(words.failed));
})();
