// SPDX-License-Identifier: Apache-2.0
// Filters and pointers only: everything can be read without this script.
(function () {
	"use strict";
	var root = document.documentElement;
	var byId = function (id) { return document.getElementById(id); };
	var all = function (selector, within) {
		return Array.prototype.slice.call((within || document).querySelectorAll(selector));
	};
	root.classList.add("scripted");

	// --- address: "#place", or "#place&text=...&from=..." with the filter of the events
	function decoded(s) {
		try { return decodeURIComponent(s); } catch (e) { return s; }
	}
	function address() {
		var parts = location.hash.slice(1).split("&"), a = { place: decoded(parts[0]), filter: null };
		parts.slice(1).forEach(function (part) {
			var i = part.indexOf("=");
			if (i > 0) {
				a.filter = a.filter || {};
				a.filter[part.slice(0, i)] = decoded(part.slice(i + 1));
			}
		});
		return a;
	}

	// --- findings and pictures: a link to one opens what is folded in it; paper shows all
	function go() {
		var a = address(), target = a.place && byId(a.place);
		if (target && target.matches("details"))
			target.open = true;
		if (target && target.matches("article"))
			all(":scope > .folds > details", target).forEach(function (d) { d.open = true; });
		if (a.filter)
			restore(a.filter);
		if (target && (a.filter || target.matches("details")))
			target.scrollIntoView();
	}
	addEventListener("beforeprint", function () {
		all("details").forEach(function (d) { d.open = true; });
	});

	// --- events
	var body = byId("rows"), form = byId("filter");
	var text = byId("text"), from = byId("from"), to = byId("to");
	var severity = byId("severity"), matches = byId("matches");
	var boxes = all("#sources input");
	var first = Infinity, last = -Infinity;
	var rows = all("tr", body || document.createElement("i")).map(function (tr) {
		var d = tr.dataset, t = d.t === undefined ? NaN : +d.t, end = t + (+d.d || 0);
		if (t < first) first = t;
		if (end > last) last = end;
		return { tr: tr, t: t, end: end, kind: d.k, severity: +d.s, text: null };
	});

	function two(n) { return (n < 10 ? "0" : "") + n; }
	function day(ms) { return new Date(ms).toISOString().slice(0, 10); }
	var manyDays = first < last && day(first) !== day(last);

	function clock(ms, withDay) {
		var d = new Date(ms);
		var s = two(d.getUTCHours()) + ":" + two(d.getUTCMinutes()) + ":" + two(d.getUTCSeconds());
		return (withDay ? day(ms) + " " : "") + s;
	}

	// "03:12", "03:12:43.5", "2026-11-21 03:12", "11-21 03:12"; NaN: not a time
	function parse(s) {
		var m = /^\s*(?:(?:(\d{4})-)?(\d\d)-(\d\d)[T\s]+)?(\d{1,2}):(\d\d)(?::(\d\d(?:\.\d+)?))?Z?\s*$/.exec(s);
		if (!m)
			return NaN;
		var base = new Date(first);
		var midnight = m[2] ? Date.UTC(m[1] || base.getUTCFullYear(), m[2] - 1, +m[3]) :
			Date.UTC(base.getUTCFullYear(), base.getUTCMonth(), base.getUTCDate());
		return midnight + m[4] * 3600000 + m[5] * 60000 + (m[6] || 0) * 1000;
	}

	function bound(input, otherwise) {
		var ms = input.value.trim() === "" ? otherwise : parse(input.value);
		input.setCustomValidity(ms === ms ? "" : "expected hh:mm:ss, or yyyy-mm-dd hh:mm:ss");
		return ms === ms ? ms : otherwise;
	}

	// What a row says, also in what is only a title.
	function words(r) {
		if (r.text === null)
			r.text = (r.tr.textContent + " " + all("[title]", r.tr).map(function (e) {
				return e.title;
			}).join(" ")).toLowerCase();
		return r.text;
	}

	function apply() {
		var wanted = text.value.toLowerCase().split(/\s+/).filter(Boolean);
		var a = bound(from, -Infinity), b = bound(to, Infinity);
		var bounded = a > -Infinity || b < Infinity, least = +severity.value, on = {}, n = 0;
		boxes.forEach(function (x) { on[x.value] = x.checked; });
		rows.forEach(function (r) {
			var show = on[r.kind] && r.severity >= least &&
				(!bounded || (r.t <= b && r.end >= a)) &&
				wanted.every(function (w) { return words(r).indexOf(w) >= 0; });
			if (r.tr.hidden === show)
				r.tr.hidden = !show;
			n += show ? 1 : 0;
		});
		matches.value = n === rows.length ? "" : n + " of " + rows.length + " rows";
		brush(bounded ? Math.max(a, x0) : NaN, Math.min(b, x1));
	}

	// The filter goes into the address: the page's link shows others the same rows.
	function save() {
		var hash = "";
		[["text", text.value], ["from", from.value], ["to", to.value],
			["severity", severity.value === "0" ? "" : severity.value],
			["off", boxes.filter(function (x) { return !x.checked; }).map(function (x) {
				return x.name;
			}).join(",")]].forEach(function (f) {
			if (f[1].trim() !== "")
				hash += "&" + f[0] + "=" + encodeURIComponent(f[1].trim());
		});
		if (hash || address().filter)
			history.replaceState(null, "", "#events" + hash);
	}
	function restore(f) {
		if (!body)
			return;
		var off = (f.off || "").split(",");
		text.value = f.text || "";
		from.value = f.from || "";
		to.value = f.to || "";
		severity.value = /^[0-4]$/.test(f.severity) ? f.severity : "0";
		boxes.forEach(function (x) { x.checked = off.indexOf(x.name) < 0; });
		apply();
	}
	function changed() {
		apply();
		save();
	}

	var timer = 0;
	function listen() {
		form.addEventListener("input", function () {
			clearTimeout(timer);
			timer = setTimeout(changed, 120);
		});
		form.addEventListener("submit", function (e) { e.preventDefault(); changed(); });
		form.addEventListener("reset", function () {
			boxes.forEach(function (x) { x.checked = true; });
			setTimeout(changed);
		});
		boxes.forEach(function (x) { x.addEventListener("change", changed); });
		["all", "none"].forEach(function (id) {
			byId(id).addEventListener("click", function () {
				boxes.forEach(function (x) { x.checked = id === "all"; });
				changed();
			});
		});
		all("button.around").forEach(function (button) {
			button.addEventListener("click", function () {
				only(+button.dataset.from, +button.dataset.to);
				byId("events").scrollIntoView();
			});
		});
	}
	function only(a, b) {
		from.value = clock(a, manyDays);
		to.value = clock(Math.ceil(b / 1000) * 1000, manyDays);
		changed();
	}

	// --- values over time, as they stand in the page
	var tables = {};
	all("#values > div").forEach(function (d) {
		tables[d.dataset.t] = { start: +d.dataset.start, step: +d.dataset.step, cells: d.children,
			columns: [] };
	});
	// The value of "table:column" at a time; "": unknown.  A count holds until the next one.
	function valueAt(ref, ms, hold) {
		var name = ref.split(":"), t = tables[name[0]], i;
		if (!t || !t.cells[+name[1]])
			return "";
		var v = t.columns[+name[1]] || (t.columns[+name[1]] = t.cells[+name[1]].textContent.split(","));
		i = Math.floor((ms - t.start) / t.step);
		while (hold && i > 0 && !v[i])
			i--;
		return v[i] || "";
	}
	function digits(v) { return String(+v.toPrecision(v < 1000 ? 3 : 4)); }
	function said(unit, v) {
		var names = ["B", "KiB", "MiB", "GiB", "TiB"], k = 0;
		if (unit === "bytes") {
			for (; v >= 1024 && k < 4; k++)
				v /= 1024;
			return digits(v) + " " + names[k];
		}
		if (unit !== "seconds")
			return digits(v);
		return v >= 1 ? digits(v) + " s" : v >= 1e-3 ? digits(v * 1e3) + " ms" : digits(v * 1e6) + " \u00b5s";
	}

	// --- plots: a line at the time under the pointer and the values there; dragging chooses a time
	var x0 = NaN, x1 = NaN, plots = all("svg.chart").map(prepare), start = NaN;
	var tip = document.createElement("div");
	tip.id = "tip";
	tip.hidden = true;
	document.body.appendChild(tip);

	function svg(plot, name, attributes) {
		var e = document.createElementNS("http://www.w3.org/2000/svg", name);
		Object.keys(attributes).forEach(function (k) { e.setAttribute(k, attributes[k]); });
		plot.appendChild(e);
		return e;
	}
	function prepare(e) {
		var d = e.dataset, p = { svg: e, left: +d.left, right: +d.right };
		x0 = +d.x0;
		x1 = +d.x1;
		// the words of a mark are shown at once, not after the browser's delay
		all("title", e).forEach(function (t) {
			t.parentNode.dataset.say = t.textContent;
			t.remove();
		});
		p.brush = svg(e, "rect", { "class": "brush", y: d.top, height: d.bottom - d.top,
			visibility: "hidden" });
		p.cursor = svg(e, "path", { "class": "cursor", visibility: "hidden" });
		p.panels = all("g.p", e);
		e.addEventListener("pointermove", function (ev) { point(p, ev); });
		// a finger leaves at once: what it asked for stays until it touches elsewhere
		e.addEventListener("pointerleave", function (ev) {
			if (ev.pointerType !== "touch")
				hide(p);
		});
		e.addEventListener("pointerdown", function (ev) {
			point(p, ev);
			if (body && ev.pointerType === "mouse" && ev.button === 0 && !ev.target.closest("a")) {
				start = Math.min(Math.max(timeAt(p, ev), x0), x1);
				p.svg.setPointerCapture(ev.pointerId);
				ev.preventDefault();
			}
		});
		e.addEventListener("pointerup", function (ev) { chosen(timeAt(p, ev)); });
		e.addEventListener("pointercancel", function () { start = NaN; });
		return p;
	}
	function xOf(p, ms) { return p.left + (ms - x0) / (x1 - x0) * (p.right - p.left); }
	function brush(a, b) {
		plots.forEach(function (p) {
			p.brush.setAttribute("visibility", a < b ? "visible" : "hidden");
			if (a < b) {
				p.brush.setAttribute("x", xOf(p, a));
				p.brush.setAttribute("width", xOf(p, b) - xOf(p, a));
			}
		});
	}
	function timeAt(p, ev) {
		var box = p.svg.getBoundingClientRect();
		var x = (ev.clientX - box.left) / box.width * p.svg.viewBox.baseVal.width;
		return x0 + (x - p.left) / (p.right - p.left) * (x1 - x0);
	}
	function yAt(p, ev) {
		var box = p.svg.getBoundingClientRect();
		return (ev.clientY - box.top) / box.height * p.svg.viewBox.baseVal.height;
	}
	function hide(p) {
		p.cursor.setAttribute("visibility", "hidden");
		tip.hidden = true;
	}
	function line(words, ink) {
		var e = document.createElement("div");
		if (ink)
			e.className = ink;
		e.textContent = words;
		tip.appendChild(e);
	}
	function panelValues(g, ms, y) {
		var d = g.dataset, lo = +d.lo, hi = +d.hi;
		if (d.lo)
			line("at " + said(d.unit, lo * Math.pow(hi / lo, (d.bottom - y) / (d.bottom - d.top))));
		all("[data-c]", g).forEach(function (layer) {
			var v = valueAt(layer.dataset.c, ms, layer.dataset.hold);
			var ink = /\bi\d/.exec(layer.getAttribute("class"));
			if (v !== "" && (+v !== 0 || tip.children.length < 4))
				line(layer.dataset.name + "  " + said(d.unit, +v), ink && "ink " + ink[0]);
		});
	}
	function point(p, ev) {
		var ms = timeAt(p, ev), y = yAt(p, ev);
		if (!(ms >= x0 && ms <= x1)) {
			hide(p);
			return;
		}
		p.cursor.setAttribute("d", "M" + xOf(p, ms) + " " + p.svg.dataset.top + "V" + p.svg.dataset.bottom);
		p.cursor.setAttribute("visibility", "visible");
		tip.textContent = "";
		line(clock(ms, day(x0) !== day(x1)));
		if (ev.target.dataset && ev.target.dataset.say)
			line(ev.target.dataset.say);
		p.panels.forEach(function (g) {
			if (y >= +g.dataset.top - 2 && y <= +g.dataset.bottom + 2)
				panelValues(g, ms, y);
		});
		tip.hidden = false;
		tip.style.left = Math.max(4, Math.min(ev.clientX + 14, innerWidth - tip.offsetWidth - 8)) + "px";
		tip.style.top = Math.max(4, ev.clientY - tip.offsetHeight - 12) + "px";
		if (start === start)
			brush(Math.min(start, ms), Math.max(start, Math.min(ms, x1)));
	}
	function chosen(ms) {
		if (start !== start)
			return;
		ms = Math.min(Math.max(ms, x0), x1);
		var a = Math.min(start, ms), b = Math.max(start, ms);
		start = NaN;
		if ((b - a) / (x1 - x0) > 0.003)
			only(a, b);
		else
			apply();
	}

	addEventListener("pointerdown", function (ev) {
		plots.forEach(function (p) {
			if (!p.svg.contains(ev.target))
				p.cursor.setAttribute("visibility", "hidden");
		});
		if (!ev.target.closest || !ev.target.closest("svg.chart"))
			tip.hidden = true;
	});

	if (body)
		listen();
	addEventListener("hashchange", go);
	go();
})();
