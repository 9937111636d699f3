
// SPDX-License-Identifier: Apache-2.0
// Filters and pointers only: everything can be read without this script.
(function () {
	"use strict";
	var root = document.documentElement;
	var byId = function (id) { return document.getElementById(id); };
	root.classList.add("scripted");

	// --- findings: a link to one opens what is folded in it; paper shows all
	function unfold() {
		var id = decodeURIComponent(location.hash.slice(1));
		var target = id && byId(id);
		if (target && target.matches("article"))
			target.querySelectorAll(":scope > .folds > details").forEach(function (d) { d.open = true; });
	}
	addEventListener("hashchange", unfold);
	unfold();
	addEventListener("beforeprint", function () {
		document.querySelectorAll("details").forEach(function (d) { d.open = true; });
	});

	// --- events
	var body = byId("rows"), form = byId("filter"), plot = byId("plot");
	if (!body)
		return;
	var text = byId("text"), from = byId("from"), to = byId("to");
	var severity = byId("severity"), matches = byId("matches");
	var boxes = Array.prototype.slice.call(document.querySelectorAll("#sources input"));
	var first = Infinity, last = -Infinity;
	var rows = Array.prototype.map.call(body.rows, function (tr) {
		var d = tr.dataset, t = d.t === undefined ? NaN : +d.t, end = t + (+d.d || 0);
		if (t < first) first = t;
		if (end > last) last = end;
		return { tr: tr, t: t, end: end, kind: d.k, severity: +d.s, text: null };
	});

	function two(n) { return (n < 10 ? "0" : "") + n; }
	var manyDays = first < last && new Date(first).toISOString().slice(0, 10) !==
		new Date(last).toISOString().slice(0, 10);

	function clock(ms, withDay) {
		var d = new Date(ms);
		var s = two(d.getUTCHours()) + ":" + two(d.getUTCMinutes()) + ":" + two(d.getUTCSeconds());
		return (withDay ? d.toISOString().slice(0, 10) + " " : "") + s;
	}

	// "03:12", "03:12:43.5", "2026-11-21 03:12", "11-21 03:12"; NaN: not a time
	function parse(s) {
		var m = /^\s*(?:(?:(\d{4})-)?(\d\d)-(\d\d)[T\s]+)?(\d{1,2}):(\d\d)(?::(\d\d(?:\.\d+)?))?Z?\s*$/.exec(s);
		if (!m)
			return NaN;
		var base = new Date(first);
		var day = m[2] ? Date.UTC(m[1] || base.getUTCFullYear(), m[2] - 1, +m[3]) :
			Date.UTC(base.getUTCFullYear(), base.getUTCMonth(), base.getUTCDate());
		return day + m[4] * 3600000 + m[5] * 60000 + (m[6] || 0) * 1000;
	}

	function bound(input, otherwise) {
		var ms = input.value.trim() === "" ? otherwise : parse(input.value);
		input.setCustomValidity(ms === ms ? "" : "expected hh:mm:ss, or yyyy-mm-dd hh:mm:ss");
		return ms === ms ? ms : otherwise;
	}

	function apply() {
		var words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
		var a = bound(from, -Infinity), b = bound(to, Infinity);
		var bounded = a > -Infinity || b < Infinity, least = +severity.value, on = {}, n = 0;
		boxes.forEach(function (x) { on[x.value] = x.checked; });
		rows.forEach(function (r) {
			var show = on[r.kind] && r.severity >= least &&
				(!bounded || (r.t <= b && r.end >= a));
			if (show && words.length) {
				if (r.text === null)
					r.text = (r.tr.textContent + " " + Array.prototype.map.call(
						r.tr.querySelectorAll("[title]"),
						function (e) { return e.title; }).join(" ")).toLowerCase();
				show = words.every(function (w) { return r.text.indexOf(w) >= 0; });
			}
			if (r.tr.hidden === show)
				r.tr.hidden = !show;
			n += show ? 1 : 0;
		});
		matches.value = n === rows.length ? "" : n + " of " + rows.length + " rows";
		brush(bounded ? Math.max(a, x0) : NaN, Math.min(b, x1));
	}

	var timer = 0;
	function soon() {
		clearTimeout(timer);
		timer = setTimeout(apply, 120);
	}
	form.addEventListener("input", soon);
	form.addEventListener("submit", function (e) { e.preventDefault(); apply(); });
	form.addEventListener("reset", function () {
		boxes.forEach(function (x) { x.checked = true; });
		setTimeout(apply);
	});
	boxes.forEach(function (x) { x.addEventListener("change", apply); });
	["all", "none"].forEach(function (id) {
		byId(id).addEventListener("click", function () {
			boxes.forEach(function (x) { x.checked = id === "all"; });
			apply();
		});
	});

	function only(a, b) {
		from.value = clock(a, manyDays);
		to.value = clock(Math.ceil(b / 1000) * 1000, manyDays);
		apply();
	}
	document.querySelectorAll("button.around").forEach(function (button) {
		button.addEventListener("click", function () {
			only(+button.dataset.from, +button.dataset.to);
			byId("events").scrollIntoView();
		});
	});

	// --- plot: a line with the clock under the pointer; dragging chooses a time
	var x0 = NaN, x1 = NaN, left = 0, right = 0, brushed = null;
	function svg(name, attributes) {
		var e = document.createElementNS("http://www.w3.org/2000/svg", name);
		Object.keys(attributes).forEach(function (k) { e.setAttribute(k, attributes[k]); });
		plot.appendChild(e);
		return e;
	}
	function x(ms) { return left + (ms - x0) / (x1 - x0) * (right - left); }
	function brush(a, b) {
		if (!brushed)
			return;
		var shown = a < b;
		brushed.setAttribute("visibility", shown ? "visible" : "hidden");
		if (shown) {
			brushed.setAttribute("x", x(a));
			brushed.setAttribute("width", x(b) - x(a));
		}
	}
	if (plot) {
		var height = plot.viewBox.baseVal.height, start = NaN;
		x0 = +plot.dataset.x0;
		x1 = +plot.dataset.x1;
		left = +plot.dataset.left;
		right = +plot.dataset.right;
		brushed = svg("rect", { "class": "brush", y: plot.dataset.top,
			height: height - 40 - plot.dataset.top, visibility: "hidden" });
		var cursor = svg("path", { "class": "cursor", visibility: "hidden" });
		var label = svg("text", { "class": "clock", visibility: "hidden" });
		var at = function (e) {
			var box = plot.getBoundingClientRect();
			return x0 + ((e.clientX - box.left) / box.width * plot.viewBox.baseVal.width - left) /
				(right - left) * (x1 - x0);
		};
		var show = function (yes) {
			cursor.setAttribute("visibility", yes ? "visible" : "hidden");
			label.setAttribute("visibility", yes ? "visible" : "hidden");
		};
		plot.addEventListener("pointermove", function (e) {
			var ms = at(e), inside = ms >= x0 && ms <= x1, box = plot.getBoundingClientRect();
			show(inside);
			if (!inside)
				return;
			cursor.setAttribute("d", "M" + x(ms) + " " + plot.dataset.top + "V" + (height - 46));
			label.setAttribute("x", x(ms) + (x(ms) > right - 70 ? -60 : 5));
			label.setAttribute("y", (e.clientY - box.top) / box.height * height - 8);
			label.textContent = clock(ms, false);
			if (start === start)
				brush(Math.min(start, ms), Math.max(start, ms));
		});
		plot.addEventListener("pointerleave", function () { show(false); });
		plot.addEventListener("pointerdown", function (e) {
			if (e.pointerType === "mouse" && e.button === 0 && !e.target.closest("a")) {
				start = Math.min(Math.max(at(e), x0), x1);
				e.preventDefault();
			}
		});
		addEventListener("pointerup", function (e) {
			if (start !== start)
				return;
			var ms = Math.min(Math.max(at(e), x0), x1), a = Math.min(start, ms), b = Math.max(start, ms);
			start = NaN;
			if ((b - a) / (x1 - x0) > 0.003)
				only(a, b);
			else
				apply();
		});
	}
})();
